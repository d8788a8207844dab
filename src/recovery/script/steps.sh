# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# The kinds of steps of the script: each looks whether the disk is still as planned, and only then changes it.

find_place() {
  locate || return 1
  ! $apply || sweep || return 1
  [ ! -L "./$name" ] || refuse 'a symbolic link is there'
}

clean() { # reason digest data
  find_place || return 1
  if ! exists "./$name"; then in_order; return; fi
  case $1 in
    malformed-link)
      if is_last && digest_in "./$name"; then in_order; return; fi
      ;;
    useless-link | orphan-link)
      holds "./$name" "$2" || refuse 'it does not hold what it held' || return 1
      unescape "$3"
      if [ "$1" = orphan-link ] && [ -f "$root/$text" ]; then in_order; return; fi
      ;;
    corrupt-blob)
      [ ! -d "./$name" ] || refuse 'a folder is there now' || return 1
      hash=0
      hashes_to "$2" "./$name" || hash=$?
      if [ "$hash" -eq 0 ]; then in_order; return; fi
      [ "$hash" -eq 1 ] || refuse 'it cannot be read' || return 1
      ;;
    folder-for-blob)
      if [ -f "./$name" ]; then in_order; return; fi
      ;;
    blocked-folder)
      if [ -d "./$name" ]; then in_order; return; fi
      ;;
    unexpected-file)
      if [ -d "./$name" ]; then in_order; return; fi
      ;;
    stray-entry) ;;
    *) refuse 'no such reason' || return 1 ;;
  esac
  if [ "$planned" = '~' ] && ! $apply; then would; return; fi
  is_planned || refuse 'it is not what was planned' || return 1
  if ! $apply; then would; return; fi
  set_aside || return 1
  did
}

unneeded() { # content, folder of the repository's manifests and tags, when that was read
  find_place || return 1
  if ! exists "./$name"; then in_order; return; fi
  if [ -n "$1" ]; then holds "./$name" "$1" || refuse 'it does not hold what it held' || return 1; fi
  is_planned || refuse 'it is not what was planned' || return 1
  unescape "$2"
  is_quiet "$root/$text" "$3" || refuse 'something was pushed to its repository since: plan again' || return 1
  if ! $apply; then would; return; fi
  set_aside || return 1
  did
}

copy() { # digest size from
  find_place || return 1
  if is_last && hashes_to "$1" "./$name"; then in_order; return; fi
  is_free || refuse 'something else is there' || return 1
  source=$3/$path
  is_of_size "$source" "$2" || refuse 'its source is not what it was' || return 1
  hashes_to "$1" "$source" || refuse 'its source does not hash to its digest' || return 1
  if ! $apply; then would; return; fi
  make_way && make_own || return 1
  allow_as "$(stat -L -c %A -- "$source")"
  cat < "$source" > ./new || { umask 077; drop_own 'it could not be copied'; } || return 1
  umask 077
  hashes_to "$1" ./new && give ./new || drop_own 'its copy does not hash to its digest' || return 1
  record copied "$(undo 'rm --' "$shown_root/$shown")" || { leave_own; return 1; }
  put || return 1
  did
}

folder() {
  find_place || return 1
  if is_last && [ -d "./$name" ]; then in_order; return; fi
  is_free || refuse 'something else is there' || return 1
  if ! $apply; then would; return; fi
  make_way || return 1
  record made "$(undo 'rmdir --' "$shown_root/$shown")" || return 1
  make_folder || return 1
  did
}

relink() { # content before data size check pending-data
  find_place || return 1
  if is_last && holds "./$name" "$1"; then in_order; return; fi
  if ! is_free; then
    case $planned in
      @*) is_planned || refuse 'it is not what was planned' || return 1 ;;
      *) refuse 'something is there now' || return 1 ;;
    esac
    case $2 in
      absent) refuse 'something is there now' || return 1 ;;
      malformed) ! is_last || ! digest_in "./$name" || refuse 'it holds a digest now' || return 1 ;;
      *) holds "./$name" "$2" || refuse 'it does not hold what it held' || return 1 ;;
    esac
  fi
  unescape "$3"
  data=$root/$text
  if $apply || [ "$6" = now ]; then
    is_of_size "$data" "$4" || refuse 'its blob is not as planned' || return 1
    [ "$5" != hash ] || hashes_to "$1" "$data" || refuse 'its blob does not hash to its digest' || return 1
  fi
  if ! $apply; then would; return; fi
  if exists "./$name"; then set_aside || return 1; fi
  make_way && make_own || return 1
  allow_as "$(stat -L -c %A -- "$data")"
  printf '%s' "$1" > ./new || { umask 077; drop_own 'it could not be written'; } || return 1
  umask 077
  holds ./new "$1" && give ./new || drop_own 'it could not be written' || return 1
  record written "$(undo 'rm --' "$shown_root/$shown")" || { leave_own; return 1; }
  put || return 1
  did
}

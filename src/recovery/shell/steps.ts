// The kinds of steps of the script: each looks whether the disk is still as planned, and only then changes it.

export const SCRIPT_STEPS = `
clean() { # root path reason digest data
  path=$1/$2
  place=$path
  case $3 in
    malformed-link)
      if digest_in "$path"; then in_order; return; fi
      find_place "$path"
      ;;
    useless-link | orphan-link)
      ! exists "$path" || holds "$path" "$4" || refuse 'it does not hold what it held' || return 1
      if [ "$3" = orphan-link ] && [ -f "$1/$5" ]; then in_order; return; fi
      ;;
    corrupt-blob)
      if exists "$path"; then
        [ ! -d "$path" ] || refuse 'a folder is there now' || return 1
        hash=0
        hashes_to "$4" "$path" || hash=$?
        if [ "$hash" -eq 0 ]; then in_order; return; fi
        [ "$hash" -eq 1 ] || refuse 'it cannot be read' || return 1
      fi
      ;;
    folder-for-blob)
      if [ -f "$path" ]; then in_order; return; fi
      ;;
    blocked-folder)
      if [ -d "$path" ]; then in_order; return; fi
      case $2 in
        */data) if [ -f "$path" ]; then in_order; return; fi ;;
      esac
      find_place "$path"
      ;;
    unexpected-file)
      if [ -d "$path" ] && [ ! -L "$path" ]; then in_order; return; fi
      find_place "$path"
      ;;
    stray-entry) ;;
    *) refuse 'no such reason' || return 1 ;;
  esac
  if ! exists "$place"; then in_order; return; fi
  may_write "$place" || return 1
  if ! $apply; then would; return; fi
  set_aside "$1" "$place" || return 1
  did
}

copy() { # root path digest size from pending
  path=$1/$2 source=$5/$2
  if hashes_to "$3" "$path"; then in_order; return; fi
  find_place "$path"
  ! is_taken "$place" "$6" || refuse 'something else is there' || return 1
  { [ -f "$source" ] && size_of "$source" && [ "$size" -eq "$4" ]; } || refuse "$source is not what it was" || return 1
  hashes_to "$3" "$source" || refuse "$source does not hash to its digest" || return 1
  may_write "$path" || return 1
  if ! $apply; then would; return; fi
  clear_way "$1" "$path" "$place" || return 1
  record copied "rm -- $(quoted "$path")" || return 1
  { cp -- "$source" "$new" && hashes_to "$3" "$new" && like "\${path%/*}" "$new" "$source"; } ||
    drop_new 'it could not be copied' || return 1
  put "$path" || return 1
  did
}

folder() { # root path pending
  path=$1/$2
  if [ -d "$path" ]; then in_order; return; fi
  ! is_taken "$path" "$3" || refuse 'something else is there' || return 1
  may_write "$path" || return 1
  if ! $apply; then would; return; fi
  if exists "$path"; then set_aside "$1" "$path" || return 1; fi
  record made "rmdir -- $(quoted "$path")" || return 1
  make_folder "$path" || refuse 'it could not be made' || return 1
  did
}

relink() { # root path content before data size check pending-place pending-data
  path=$1/$2 data=$1/$5
  if holds "$path" "$3"; then in_order; return; fi
  find_place "$path"
  if exists "$place"; then
    case $4 in
      absent) ! is_taken "$place" "$8" || refuse 'something is there now' || return 1 ;;
      malformed) ! digest_in "$path" || refuse 'it holds a digest now' || return 1 ;;
      *) holds "$path" "$4" || refuse 'it does not hold what it held' || return 1 ;;
    esac
  fi
  if $apply || [ "$9" = now ]; then
    { [ -f "$data" ] && size_of "$data" && [ "$size" -eq "$6" ]; } || refuse 'its blob is not as planned' || return 1
    [ "$7" != hash ] || hashes_to "$3" "$data" || refuse 'its blob does not hash to its digest' || return 1
  fi
  may_write "$path" || return 1
  if ! $apply; then would; return; fi
  clear_way "$1" "$path" "$place" || return 1
  record written "rm -- $(quoted "$path")" || return 1
  { printf '%s' "$3" > "$new" && holds "$new" "$3" && like "\${path%/*}" "$new" "$data"; } ||
    drop_new 'it could not be written' || return 1
  put "$path" || return 1
  did
}

`;

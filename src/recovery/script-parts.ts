// The parts of the script that are the same for every plan. They keep to POSIX shell and to tools that both GNU and
// busybox have.

export const SCRIPT_START = `#
# It writes links, copies blobs, and moves things into a quarantine. It deletes nothing.
# Without --apply it only tells what it would do. Stop the registry first, and scan afterwards.
# Every change is written to changes.log in the quarantine, with the command that undoes it; undo the last one first.
# It may be run again at any time: what is in order is left alone, and what no longer looks as planned is refused.
set -eu
LC_ALL=C
export LC_ALL
umask 022
apply=false
`;

export const SCRIPT_OPTIONS = `usage() {
  printf 'usage: sh %s [--apply] [--quarantine FOLDER]\\n' "$0"
}
while [ "$#" -gt 0 ]; do
  case $1 in
    --apply) apply=true ;;
    --quarantine)
      [ "$#" -ge 2 ] || { usage >&2; exit 2; }
      quarantine=$2
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
case $quarantine in
  /*) ;;
  *) quarantine=$PWD/$quarantine ;;
esac
`;

export const SCRIPT_FUNCTIONS = `done=0 already=0 refused=0 number=0 label=
newline='
'

stop() {
  printf 'stopped, nothing was changed: %s\\n' "$1" >&2
  exit 2
}

tell() { # what became of the step
  printf '%-8s %s  %s\\n' "$1" "$number" "$label"
}

refuse() { # why
  printf 'refused  %s  %s: %s\\n' "$number" "$label" "$1" >&2
  return 1
}

in_order() {
  already=$((already + 1))
  tell 'in order'
}

would() {
  done=$((done + 1))
  tell would
}

did() {
  done=$((done + 1))
  tell done
}

step() { # number label function arguments...
  number=$1 label=$2
  shift 2
  if "$@"; then :; else refused=$((refused + 1)); fi
}

exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

quoted() { # the text as one word of shell
  printf "'"
  printf '%s' "$1" | sed "s/'/'\\\\\\\\''/g"
  printf "'"
}

# Folders resolved, so that no symbolic link leads the quarantine into a root, or the other way about.
real_folder() { # folder; sets real
  real=$(CDPATH= cd -- "$1" && pwd -P && printf x) || return 1
  real=\${real%"\${newline}"x}
}

check_root() { # root storage
  [ -d "$1/$2" ] || stop "there is no $2 in $1; is it mounted?"
  real_folder "$1/$2" || stop "$1/$2 cannot be entered"
  storage=$real
  folder=$quarantine
  while [ ! -d "$folder" ]; do
    exists "$folder" && stop "the quarantine cannot be made: $folder is no folder"
    folder=\${folder%/*}
    [ -n "$folder" ] || folder=/
  done
  real_folder "$folder" || stop "$folder cannot be entered"
  case $real/ in
    "$storage"/*) stop "the quarantine is inside $storage, where collection would find it" ;;
  esac
  if [ "$folder" = "$quarantine" ]; then
    case $storage/ in
      "$real"/*) stop "the storage $storage is inside the quarantine" ;;
    esac
  fi
}

begin() {
  for tool in sha256sum stat sed grep wc cmp diff find cp mv; do
    command -v "$tool" > /dev/null || stop "$tool is missing"
  done
  $apply || return 0
  mkdir -p -- "$quarantine" || stop "the quarantine $quarantine cannot be made"
  printf '# %s: begun as user %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(id -u)" >> "$quarantine/changes.log" ||
    stop "the quarantine $quarantine cannot be written to"
}

finish() {
  if $apply; then
    printf '%s done, %s in order already, %s refused\\n' "$done" "$already" "$refused"
  else
    printf '%s to do, %s in order already, %s refused; nothing was changed: --apply does it\\n' "$done" "$already" "$refused"
  fi
  [ "$refused" -eq 0 ] || exit 1
  exit 0
}

# Written before the change, so that no change is without its line.
record() { # what was done, the command that undoes it
  printf '# %s: step %s: %s\\n%s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$number" "$label ($1)" "$2" \\
    >> "$quarantine/changes.log" || refuse 'the log cannot be written to'
}

size_of() { # file; sets size
  size=$(stat -L -c %s "$1") || return 1
}

digest_in() { # file; sets held to the digest that is all of its content, or fails
  held=
  [ -f "$1" ] || return 1
  size_of "$1" || return 1
  case $size in
    71 | 103 | 135) ;;
    *) return 1 ;;
  esac
  held=$(cat < "$1") || return 1
  case $held in
    *"$newline"*) held=; return 1 ;;
  esac
  [ "\${#held}" -eq "$size" ] &&
    printf '%s\\n' "$held" | grep -Eqx 'sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}' && return 0
  held=
  return 1
}

hashes_to() { # digest file; 1 where it does not, 2 where it cannot be read
  [ -f "$2" ] || return 2
  sum=$("\${1%%:*}sum" < "$2") || return 2
  [ "\${1#*:}" = "\${sum%% *}" ] || return 1
}

find_place() { # path; sets place to it, or to what stands above it and is no folder
  place=$1
  while [ ! -d "\${place%/*}" ]; do
    place=\${place%/*}
  done
}

nearest_folder() { # path; sets near
  near=\${1%/*}
  while [ ! -d "$near" ]; do
    near=\${near%/*}
  done
}

may_write() { # path
  nearest_folder "$1"
  [ "$(id -u)" -eq 0 ] || [ "$(stat -L -c %u "$near")" = "$(id -u)" ] ||
    refuse "$near belongs to another user: run this as that user or as root"
}

like() { # neighbour path mode-neighbour
  if [ "$(id -u)" -eq 0 ]; then
    chown "$(stat -L -c %u:%g "$1")" "$2" || return 1
  fi
  chmod "$(stat -L -c %a "$3")" "$2" && chmod u+rw "$2"
}

make_folder() { # path
  [ ! -d "$1" ] || return 0
  make_folder "\${1%/*}" || return 1
  mkdir -- "$1" && like "\${1%/*}" "$1" "\${1%/*}"
}

same() { # a b
  if [ -L "$1" ]; then
    [ -L "$2" ] && [ "$(readlink "$1" && printf x)" = "$(readlink "$2" && printf x)" ]
  elif [ -d "$1" ]; then
    diff -r "$1" "$2" > /dev/null
  else
    cmp -s "$1" "$2"
  fi
}

# Within a file system a move is one rename. From one to another it is a copy, which must be the same before the
# original goes; what cannot be compared stays where it is.
set_aside() { # root path
  taken=$quarantine/moved/$number
  count=0
  while exists "$taken"; do
    count=$((count + 1))
    taken=$quarantine/moved/$number.$count
  done
  target=$taken/\${2#"$1"/}
  mkdir -p -- "\${target%/*}" || { refuse 'the quarantine cannot be written to'; return 1; }
  record moved "mv -- $(quoted "$target") $(quoted "$2")" || return 1
  if [ "$(stat -c %d "$2")" = "$(stat -c %d "\${target%/*}")" ]; then
    mv -- "$2" "$target" || { refuse 'it could not be moved'; return 1; }
    return 0
  fi
  odd=$(find "$2" ! -type f ! -type d ! -type l | wc -l) || odd=1
  [ "$((odd))" -eq 0 ] || { refuse 'it holds something that is no file: move it by hand'; return 1; }
  if cp -RPp -- "$2" "$target" && same "$2" "$target"; then
    rm -rf -- "$2" || { refuse 'its copy is in the quarantine, but it could not be removed'; return 1; }
  else
    rm -rf -- "$target"
    refuse 'it could not be copied to the quarantine'
    return 1
  fi
}

put() { # new path: the last act of writing a file
  mv -- "$1" "$2" || { rm -f -- "$1"; refuse 'it could not be put in its place'; return 1; }
}

clean() { # root path reason digest data
  path=$1/$2
  place=$path
  case $3 in
    malformed-link)
      if digest_in "$path"; then in_order; return 0; fi
      find_place "$path"
      ;;
    useless-link | orphan-link)
      if exists "$path"; then
        digest_in "$path" && [ "$held" = "$4" ] || { refuse 'it does not hold what it held'; return 1; }
      fi
      if [ "$3" = orphan-link ] && [ -f "$1/$5" ]; then in_order; return 0; fi
      ;;
    rotten-blob)
      if exists "$path"; then
        hash=0
        hashes_to "$4" "$path" || hash=$?
        if [ "$hash" -eq 0 ]; then in_order; return 0; fi
        [ "$hash" -eq 1 ] || { refuse 'it cannot be read'; return 1; }
      fi
      ;;
    folder-for-blob)
      if [ -f "$path" ]; then in_order; return 0; fi
      ;;
    blocked-folder)
      if [ -d "$path" ]; then in_order; return 0; fi
      case $2 in
        */data) if [ -f "$path" ]; then in_order; return 0; fi ;;
      esac
      find_place "$path"
      ;;
    stray-file)
      if [ -d "$path" ] && [ ! -L "$path" ]; then in_order; return 0; fi
      ;;
    stray-entry) ;;
    *) refuse 'no such reason'; return 1 ;;
  esac
  if ! exists "$place"; then in_order; return 0; fi
  may_write "$place" || return 1
  if ! $apply; then would; return 0; fi
  set_aside "$1" "$place" || return 1
  did
}

copy() { # root path digest size from pending
  path=$1/$2 source=$5/$2
  if [ -f "$path" ] && hashes_to "$3" "$path"; then in_order; return 0; fi
  find_place "$path"
  if exists "$place" && { $apply || [ "$6" = now ]; }; then refuse 'something else is there'; return 1; fi
  [ -f "$source" ] && size_of "$source" && [ "$size" -eq "$4" ] || { refuse "$source is not what it was"; return 1; }
  hashes_to "$3" "$source" || { refuse "$source does not hash to its digest"; return 1; }
  may_write "$path" || return 1
  if ! $apply; then would; return 0; fi
  make_folder "\${path%/*}" || { refuse 'its folder could not be made'; return 1; }
  new=\${path%/*}/.regfsck-$$
  record copied "rm -- $(quoted "$path")" || return 1
  if cp -- "$source" "$new" && hashes_to "$3" "$new" && like "\${path%/*}" "$new" "$source"; then
    put "$new" "$path" || return 1
  else
    rm -f -- "$new"
    refuse 'it could not be copied'
    return 1
  fi
  did
}

folder() { # root path pending
  path=$1/$2
  if [ -d "$path" ]; then in_order; return 0; fi
  if exists "$path" && { $apply || [ "$3" = now ]; }; then refuse 'something else is there'; return 1; fi
  may_write "$path" || return 1
  if ! $apply; then would; return 0; fi
  record made "rmdir -- $(quoted "$path")" || return 1
  make_folder "$path" || { refuse 'it could not be made'; return 1; }
  did
}

relink() { # root path content before data size check pending-place pending-data
  path=$1/$2 data=$1/$5
  if digest_in "$path" && [ "$held" = "$3" ]; then in_order; return 0; fi
  find_place "$path"
  if exists "$place"; then
    case $4 in
      absent) if $apply || [ "$8" = now ]; then refuse 'something is there now'; return 1; fi ;;
      malformed) if digest_in "$path"; then refuse 'it holds a digest now'; return 1; fi ;;
      *) digest_in "$path" && [ "$held" = "$4" ] || { refuse 'it does not hold what it held'; return 1; } ;;
    esac
  fi
  if $apply || [ "$9" = now ]; then
    [ -f "$data" ] && size_of "$data" && [ "$size" -eq "$6" ] || { refuse 'its blob is not as planned'; return 1; }
    [ "$7" != hash ] || hashes_to "$3" "$data" || { refuse 'its blob does not hash to its digest'; return 1; }
  fi
  may_write "$path" || return 1
  if ! $apply; then would; return 0; fi
  if exists "$place"; then set_aside "$1" "$place" || return 1; fi
  make_folder "\${path%/*}" || { refuse 'its folder could not be made'; return 1; }
  new=\${path%/*}/.regfsck-$$
  record written "rm -- $(quoted "$path")" || return 1
  if printf '%s' "$3" > "$new" && digest_in "$new" && [ "$held" = "$3" ] && like "\${path%/*}" "$new" "$data"; then
    put "$new" "$path" || return 1
  else
    rm -f -- "$new"
    refuse 'it could not be written'
    return 1
  fi
  did
}

`;

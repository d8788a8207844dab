// How the script begins: what it says of itself, its options, and what it refuses to start with.

export const SCRIPT_START = `#
# It writes links, copies blobs, and moves things into a quarantine. It deletes nothing.
# Without --apply it only tells what it would do. Stop the registry first, and scan afterwards.
# Every change is written to changes.log in the quarantine, with the command that undoes it; undo the last one first.
# It may be run again at any time: what is in order is left alone, and what no longer looks as planned is refused.
# shellcheck disable=SC2317 # step calls the functions by their names
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

export const SCRIPT_BEGIN = `
stop() { # why
  printf 'stopped, nothing was changed: %s\\n' "$1" >&2
  exit 2
}

# Folders resolved, so that no symbolic link leads the quarantine into a root, or the other way about.
real_folder() { # folder; sets real
  real=$(CDPATH='' cd -- "$1" && pwd -P && printf x) || return 1
  real=\${real%"\${newline}"x}
}

check_root() { # root storage
  [ -d "$1/$2" ] || stop "there is no $2 in $1; is it mounted?"
  real_folder "$1/$2" || stop "$1/$2 cannot be entered"
  storage=$real
  case $quarantine/ in
    */../*) stop "the quarantine's path goes up and down: name it without .." ;;
  esac
  folder=$quarantine
  while [ ! -d "$folder" ]; do
    if exists "$folder"; then stop "the quarantine cannot be made: $folder is no folder"; fi
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
  trap 'interrupted INT' INT
  trap 'interrupted TERM' TERM
  trap 'interrupted HUP' HUP
}
`;

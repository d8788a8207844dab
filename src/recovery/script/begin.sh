# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# What the script looks at before the first step, and what it does not begin with.

stop() { # why
  printf 'stopped, nothing was changed: %s\n' "$1" >&2
  exit 2
}

# Folders resolved, so that no symbolic link leads the quarantine into a root, or the other way about.
real_folder() { # folder; sets real
  real=$(cd -P -- "$1" && pwd -P && printf x) || return 1
  real=${real%"${newline}x"}
}

check_tools() {
  for tool in sha256sum stat sed grep wc cmp diff find cp mv mktemp; do
    command -v "$tool" > /dev/null || stop "$tool is missing"
  done
}

check_root() { # root identity name storage use: whether it is changed, or only copied from
  cd -P -- "$1" 2> /dev/null || stop "$3 cannot be entered; is it mounted?"
  [ -d "./$4" ] || stop "there is no $4 in $3; is it mounted?"
  [ "$(stat -c %d:%i -- .)" = "$2" ] || stop "$3 is not the folder that was planned for: plan again"
  real_folder "./$4" || stop "$4 in $3 cannot be entered"
  storage=$real
  [ "$5" = copied ] || check_user "$(stat -c %u -- "./$4")" "$(stat -c %g -- "./$4")" "$3"
  case $quarantine/ in
    */../*) stop "the quarantine's path goes up and down: name it without .." ;;
  esac
  folder=$quarantine
  while [ ! -d "$folder" ]; do
    if exists "$folder"; then stop "the quarantine cannot be made: $folder is not a directory"; fi
    folder=${folder%/*}
    [ -n "$folder" ] || folder=/
  done
  real_folder "$folder" || stop "$folder cannot be entered"
  case $real/ in
    "$storage"/*) stop "the quarantine is inside $3, where garbage collection would find it" ;;
  esac
  if [ "$folder" = "$quarantine" ]; then
    case $storage/ in
      "$real"/*) stop "the storage of $3 is inside the quarantine" ;;
    esac
  fi
}

check_user() { # owner group name
  how="run it as its owner: setpriv --reuid=$1 --regid=$2 --clear-groups sh $0, or sudo -u '#$1' sh $0"
  if [ "$user" -ne 0 ]; then
    [ "$user" = "$1" ] || stop "$3 belongs to user $1: $how"
  elif [ "$1" -ne 0 ]; then
    stop "$3 belongs to user $1, and root must not write there: $how"
  else
    $as_root || stop "root owns $3: --as-root lets this run as root"
  fi
}

# Nobody but root and this user may be able to put another folder in the quarantine's place.
check_above() {
  while [ "$(pwd -P)" != / ]; do
    cd -P .. || stop 'a folder above the quarantine cannot be entered'
    # shellcheck disable=SC2046 # words of digits and letters
    set -- $(stat -c '%u %A' -- .)
    [ "$1" = "$user" ] || [ "$1" = 0 ] ||
      stop "the quarantine is in a folder of user $1: name another with --quarantine"
    case $2 in
      ?????????[tT]*) ;;
      ????????w*) stop 'the quarantine is in a folder that everybody can write to: name another with --quarantine' ;;
      ?????w*)
        [ "$user" -ne 0 ] ||
          stop 'the quarantine is in a folder that a group can write to: name another with --quarantine'
        ;;
    esac
  done
}

open_quarantine() {
  mkdir -p -- "${quarantine%/*}/" || stop "the quarantine $quarantine cannot be made"
  mkdir -- "$quarantine" 2> /dev/null || [ -d "$quarantine" ] || stop "the quarantine $quarantine cannot be made"
  [ ! -L "$quarantine" ] || stop "the quarantine $quarantine is a symbolic link: name another with --quarantine"
  cd -P -- "$quarantine" 2> /dev/null || stop "the quarantine $quarantine cannot be entered"
  case $(stat -c %u/%A -- .) in
    "$user/drwx--"[-S]---*) ;;
    *) stop "the quarantine $quarantine is there already, and not this user's alone: name another with --quarantine" ;;
  esac
  if [ -z "$(ls -A .)" ]; then printf '%s\n' "$plan" > ./plan; fi
  { [ -f ./plan ] && [ "$(cat < ./plan)" = "$plan" ]; } ||
    stop "the quarantine $quarantine is there already, and another plan's: name another with --quarantine"
  quarantine_device=$(stat -c %d -- .)
  real_folder . && quarantine=$real
  check_above
  cd -P -- "$quarantine" || stop "the quarantine $quarantine cannot be entered"
  printf '# %s: begun as user %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$user" >> ./changes.log ||
    stop "the quarantine $quarantine cannot be written to"
  [ -e ./moved ] || mkdir ./moved || stop "the quarantine $quarantine cannot be written to"
  [ -d ./try ] || mkdir ./try
  { mv -fT -- ./try ./tried && rmdir ./tried; } 2> /dev/null ||
    stop 'mv does not know -T: GNU coreutils and busybox 1.34 do'
}

begin() {
  $apply || return 0
  open_quarantine
  trap 'interrupted INT' INT
  trap 'interrupted TERM' TERM
  trap 'interrupted HUP' HUP
}

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
  for tool in sha256sum stat sed grep wc cmp diff find cp mv mktemp readlink; do
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

# Only root and this user may be able to put another entry in the place of one in the working folder.
check_holder() {
  # shellcheck disable=SC2046 # words of digits and letters
  set -- $(stat -c '%u %g %A' -- .)
  [ "$1" = "$user" ] || [ "$1" = 0 ] ||
    stop "the quarantine is in a folder of user $1: name another with --quarantine"
  sticky=false
  case $3 in
    ?????????[tT]*) sticky=true ;;
    ????????w*) stop 'the quarantine is in a folder that everybody can write to: name another with --quarantine' ;;
    ?????w*)
      { [ "$user" -ne 0 ] && [ "$2" = "$(id -g)" ]; } ||
        stop 'the quarantine is in a folder that a group can write to: name another with --quarantine'
      ;;
  esac
}

follow_link() { # the link $name, on the way to the quarantine: what it leads to is walked as the rest is
  # shellcheck disable=SC2046 # words of digits
  set -- $(stat -c '%u %h' -- "./$name")
  [ "$1" = "$user" ] || [ "$1" = 0 ] ||
    stop "a symbolic link of user $1 leads to the quarantine: name another with --quarantine"
  ! $sticky || [ "$2" = 1 ] || stop 'a symbolic link that leads to the quarantine has a second name'
  links=$((links + 1))
  [ "$links" -le 40 ] || stop 'symbolic links on the way to the quarantine lead in a circle'
  target=$(readlink -- "./$name" && printf x) || stop 'a symbolic link on the way to the quarantine cannot be read'
  target=${target%"${newline}x"} way=${target}/$way
  case $target in /*) go_to / ;; esac
}

go_to() { # folder, to begin or go on from
  cd -P -- "$1" || stop 'a folder above the quarantine cannot be entered'
  here=$(stat -c %d:%i -- .)
}

# A name at a time, so that nobody else's link is followed, and nothing is made in a folder that one led to.
go_to_quarantine() {
  go_to /
  way=${quarantine#/}/ links=0
  while [ -n "$way" ]; do
    name=${way%%/*} way=${way#*/}
    case $name in
      '' | .) continue ;;
      ..) go_to ..; continue ;;
    esac
    check_holder
    if [ -L "./$name" ]; then
      [ -n "$way" ] || stop "the quarantine $quarantine is a symbolic link: name another with --quarantine"
      follow_link
      continue
    fi
    mkdir -- "./$name" 2> /dev/null || [ -d "./$name" ] || stop "the quarantine $quarantine cannot be made"
    seen=$(stat -c %d:%i -- "./$name") || seen=''
    { enter "./$name" && [ "$here" = "$seen" ]; } ||
      stop "the quarantine $quarantine cannot be entered, or a folder above it was replaced"
  done
}

open_quarantine() {
  go_to_quarantine
  case $(stat -c %u/%A -- .) in
    "$user/drwx--"[-S]---*) ;;
    *) stop "the quarantine $quarantine is there already, and not this user's alone: name another with --quarantine" ;;
  esac
  if [ -z "$(ls -A .)" ]; then printf '%s\n' "$plan" > ./plan; fi
  { [ -f ./plan ] && [ "$(cat < ./plan)" = "$plan" ]; } ||
    stop "the quarantine $quarantine is there already, and another plan's: name another with --quarantine"
  quarantine_device=$(stat -c %d -- .)
  real_folder . && quarantine=$real
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

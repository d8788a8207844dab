# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# How the script gets to where a step changes something. It enters the folder and works there on names without a slash: a
# working folder stays the same whatever becomes of its path. What it entered is then compared, from the folder up to the
# root, with what was planned, so that no symbolic link and no other folder on the way goes unseen.

is_trusted() { # owner, and mode as ls shows it, of a folder: only such as nobody else can change are worked in
  [ "$1" = "$user" ] || [ "$1" = 0 ] ||
    refuse "a folder on the way belongs to user $1: run this as that user" || return 1
  case $2 in
    ????????w*) refuse 'everybody can write to a folder on the way' || return 1 ;;
    ?????w*) [ "$user" -ne 0 ] || refuse 'a group can write to a folder on the way, and this runs as root' || return 1 ;;
  esac
}

# Goes to the folder that the step's path is in, or as far down as there are folders. Sets here (that folder's identity),
# rest (what of the path is left), name (its first part) and planned: @ and the identity that name had, - where nothing was
# there, ~ where a step before moves something away.
locate() {
  known=. rest=$path shown_rest=$shown left=$identities wanted=$root_identity folders=. up=..
  while :; do
    case $rest in */*) ;; *) break ;; esac
    case $left in [-~@]*) break ;; esac
    known=$known/${rest%%/*} wanted="${left%%/*} $wanted" folders="$folders $up" up=../$up
    rest=${rest#*/} shown_rest=${shown_rest#*/} left=${left#*/}
  done
  cd -P -- "$root/$known" 2> /dev/null || refuse 'a folder on the way is not there any more' || return 1
  is_as_planned || return 1
  here=${wanted%% *}
  while :; do
    name=${rest%%/*} planned=${left%%/*}
    case $rest in */*) ;; *) break ;; esac
    [ ! -L "./$name" ] || refuse 'a symbolic link is on the way' || return 1
    [ -d "./$name" ] || break
    enter "./$name" || refuse 'a folder on the way was replaced meanwhile, or cannot be entered' || return 1
    is_trusted "$owner" "$mode" || return 1
    rest=${rest#*/} shown_rest=${shown_rest#*/} left=${left#*/}
  done
}

is_as_planned() { # compares the working folder and those above it, up to the root, with $wanted
  # shellcheck disable=SC2046,SC2086 # words of digits, letters, dots and slashes
  set -- $(stat -c '%d:%i %u %A' -- $folders)
  for identity in $wanted; do
    [ "${1-}" = "$identity" ] ||
      refuse 'a folder on the way is not the one that was planned, or a symbolic link leads there' || return 1
    is_trusted "$2" "$3" || return 1
    shift 3
  done
}

enter() { # a folder in this one; sets here, owner and mode to its own; fails where another was put in its place
  above=$here
  cd -P -- "$1" 2> /dev/null || return 1
  # shellcheck disable=SC2046 # words of digits and letters
  set -- $(stat -c '%d:%i %u %A' -- .. .)
  [ "${1-}" = "$above" ] && [ "$#" -eq 6 ] || return 1
  here=$4 owner=$5 mode=$6
}

is_last() { # whether all folders of the path are there
  [ "$rest" = "$name" ]
}

is_planned() { # whether what is at $name is what was there when this was planned
  [ "$(stat -c %d:%i -- "./$name")" = "${planned#@}" ]
}

is_free() { # what a step before moves away is no obstacle for a dry run
  ! exists "./$name" || { ! $apply && [ "$planned" = '~' ]; }
}

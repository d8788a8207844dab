# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# How the script changes the disk: the log, the quarantine, and files put in place complete or not at all.

quoted() { # the text as one word of shell
  printf "'"
  printf '%s' "$1" | sed "s/'/'\\\\''/g"
  printf "'"
}

undo() { # command, name as this script holds it: the command on that name, to be run by a person
  case $2 in
    *\\*) printf "name=\$(printf '%%bx' %s); %s \"\${name%%x}\"" "$(quoted "$2")" "$1" ;;
    *) printf '%s %s' "$1" "$(quoted "$2")" ;;
  esac
}

# Written before the change, so that no change is without its line.
record() { # what is done, the command that undoes it
  printf '# %s: step %s: %s\n%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$number" "$label ($1)" "$2" \
    >> "$quarantine/changes.log" || refuse 'the log cannot be written to'
}

same() { # a b
  if [ -d "$1" ]; then
    diff -r "$1" "$2" > /dev/null
  elif [ -p "$1" ]; then
    [ -p "$2" ]
  else
    cmp -s "$1" "$2"
  fi
}

# Pipes inside a folder, sockets and devices cannot be compared; in folders that others can write to, what is compared may
# not be what is removed.
can_be_copied() { # path
  [ ! -p "$1" ] || return 0
  open=-002
  [ "$user" -ne 0 ] || open=-020
  others=$(find "$1" \( ! -type f ! -type d ! -type l -o -type d \( ! -user "$user" -o -perm -002 -o -perm "$open" \) \) |
    wc -l) && [ "$((others))" -eq 0 ]
}

# Within a file system a move is one rename, which takes what is there and follows nothing; that it was the right thing is
# looked at in the quarantine, where nobody else gets. From one file system to another it is a copy, which must be the same
# before the original goes.
set_aside() {
  taken=$quarantine/moved/$number
  count=0
  while exists "$taken"; do
    count=$((count + 1))
    taken=$quarantine/moved/$number.$count
  done
  record moved "$(undo "mv -T -- $(quoted "$taken")" "$shown_root/${shown%"$shown_rest"}${shown_rest%%/*}")" || return 1
  if [ "${here%%:*}" != "$quarantine_device" ]; then copy_aside; return; fi
  mv -fT -- "./$name" "$taken" || refuse 'it could not be moved' || return 1
  [ "$(stat -c %d:%i -- "$taken")" = "${planned#@}" ] && return 0
  exists "./$name" || mv -fT -- "$taken" "./$name"
  refuse 'it was replaced meanwhile'
}

copy_aside() {
  can_be_copied "./$name" || refuse 'it cannot be copied to the quarantine: move it by hand' || return 1
  cp -RPp -- "./$name" "$taken" || { rm -rf -- "$taken"; refuse 'it could not be copied to the quarantine'; } || return 1
  make_own || return 1
  mv -fT -- "../$name" ./was || drop_own 'it could not be moved' || return 1
  if [ "$(stat -c %d:%i -- ./was)" = "${planned#@}" ] && can_be_copied ./was && same ./was "$taken"; then
    rm -rf -- ./was || drop_own 'its copy is in the quarantine, but it could not be removed' || return 1
    leave_own
  else
    rm -rf -- "$taken"
    exists "../$name" || mv -fT -- ./was "../$name"
    drop_own 'it changed while it was copied'
  fi
}

allow_as() { # mode of a neighbour as ls shows it: group and others may as much with what is made next, but not write for all
  group='' others=''
  case $1 in ????r*) group=r ;; esac
  case $1 in ?????w*) group=${group}w ;; esac
  case $1 in ??????[xs]*) group=${group}x ;; esac
  case $1 in ???????r*) others=r ;; esac
  case $1 in ?????????[xt]*) others=${others}x ;; esac
  umask "u=rwx,g=$group,o=$others"
}

give() { # what was made, to the folder's group; any other user's it is already
  [ "$user" -ne 0 ] || chown -h -- "$(stat -c %u:%g -- ..)" "$1"
}

make_folder() { # makes $name here, and enters it
  allow_as "$(stat -c %A -- .)"
  mkdir -- "./$name" || { umask 077; refuse 'its folder could not be made'; } || return 1
  umask 077
  { enter "./$name" && [ "$owner" = "$user" ] && give .; } || refuse 'its folder was replaced meanwhile'
}

make_way() { # makes the folders that are missing above the path's last name
  while ! is_last; do
    make_folder || return 1
    rest=${rest#*/} shown_rest=${shown_rest#*/}
    name=${rest%%/*}
  done
}

# What a step writes is written in a folder of its own beside its place, that nobody else can look into or guess.
make_own() {
  made=$(mktemp -d "./.regfsck-$plan-$number-XXXXXX") || refuse 'its folder cannot be written to' || return 1
  enter_own "$made" || refuse 'its folder was replaced meanwhile'
}

enter_own() { # folder; sets own
  outside=$here
  enter "$1" || return 1
  case $owner/$mode in
    "$user/drwx--"[-S]---*) own=$1 ;;
    *) return 1 ;;
  esac
}

leave_own() { # removes what was written there, and goes back
  rm -f -- ./new
  cd -P -- .. || return 1
  rmdir -- "$own" || :
  own='' here=$outside
}

drop_own() { # why
  leave_own
  refuse "$1"
}

put() { # ./new is right, and takes its place; with -T never inside of something there
  ! exists "../$name" || drop_own 'something was put there meanwhile' || return 1
  mv -fT -- ./new "../$name" || drop_own 'it could not be put in its place' || return 1
  leave_own
}

sweep() { # what a run that was killed left of this step
  for old in "./.regfsck-$plan-$number-"??????; do
    if [ ! -d "$old" ] || [ -L "$old" ]; then continue; fi
    enter_own "$old" || refuse 'what an interrupted run left is not its own any more' || return 1
    if exists ./was; then
      ! exists "../$name" || drop_own 'what an interrupted run moved has its place taken' || return 1
      mv -fT -- ./was "../$name" || drop_own 'what an interrupted run moved cannot be put back' || return 1
    fi
    leave_own
  done
}

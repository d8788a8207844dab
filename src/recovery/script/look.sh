# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# How the script looks at files, before it changes anything.

exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

is_file() { # path, which is no symbolic link to one either
  [ -f "$1" ] && [ ! -L "$1" ]
}

size_of() { # file; sets size
  size=$(stat -L -c %s -- "$1") || return 1
}

digest_in() { # file; sets held to the digest that is all of its content, or fails
  held=''
  is_file "$1" || return 1
  size_of "$1" || return 1
  case $size in
    71 | 103 | 135) ;;
    *) return 1 ;;
  esac
  held=$(cat < "$1") || return 1
  case $held in
    *"$newline"*) held=''; return 1 ;;
  esac
  [ "${#held}" -eq "$size" ] &&
    printf '%s\n' "$held" | grep -Eqx 'sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}' && return 0
  held=''
  return 1
}

holds() { # file digest
  digest_in "$1" && [ "$held" = "$2" ]
}

hashes_to() { # digest file; 1 where it does not or is no file, 2 where it cannot be read
  [ -f "$2" ] || return 1
  sum=$("${1%%:*}sum" < "$2") || return 2
  [ "${1#*:}" = "${sum%% *}" ] || return 1
}

newest='' newest_in=''

is_quiet() { # folder, seconds since 1970: whether every link in it was written before that; steps of a repository ask once
  if [ "$newest_in" != "$1" ]; then
    newest=$(find "$1" -type f -name link -exec stat -c %Y -- {} + | sort -rn | sed -n 1p) || return 1
    newest_in=$1
  fi
  [ -n "$newest" ] && [ "$newest" -lt "$2" ]
}

is_of_size() { # file bytes
  [ -f "$1" ] && size_of "$1" && [ "$size" -eq "$2" ]
}

// How the script looks at the disk, before it changes anything.

export const SCRIPT_LOOK = `
exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

leads_nowhere() { # path: a symbolic link to nothing counts as nothing
  [ -L "$1" ] && [ ! -e "$1" ]
}

is_taken() { # path, and whether a step before clears it (pending) or not (now)
  exists "$1" && ! leads_nowhere "$1" && { $apply || [ "$2" = now ]; }
}

size_of() { # file; sets size
  size=$(stat -L -c %s "$1") || return 1
}

digest_in() { # file; sets held to the digest that is all of its content, or fails
  held=''
  [ -f "$1" ] || return 1
  size_of "$1" || return 1
  case $size in
    71 | 103 | 135) ;;
    *) return 1 ;;
  esac
  held=$(cat < "$1") || return 1
  case $held in
    *"$newline"*) held=''; return 1 ;;
  esac
  [ "\${#held}" -eq "$size" ] &&
    printf '%s\\n' "$held" | grep -Eqx 'sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}' && return 0
  held=''
  return 1
}

holds() { # file digest
  digest_in "$1" && [ "$held" = "$2" ]
}

hashes_to() { # digest file; 1 where it does not or is no file, 2 where it cannot be read
  [ -f "$2" ] || return 1
  sum=$("\${1%%:*}sum" < "$2") || return 2
  [ "\${1#*:}" = "\${sum%% *}" ] || return 1
}

find_place() { # path; sets place to it, or to what stands above it and is no folder
  place=$1
  while [ ! -d "\${place%/*}" ]; do
    place=\${place%/*}
  done
}

may_write() { # path
  near=\${1%/*}
  while [ ! -d "$near" ]; do
    near=\${near%/*}
  done
  [ "$(id -u)" -eq 0 ] || [ "$(stat -L -c %u "$near")" = "$(id -u)" ] ||
    refuse "$near belongs to another user: run this as that user or as root"
}
`;

// How the script changes the disk: the log, the quarantine, and files put in place whole or not at all.

export const SCRIPT_MOVE = `
quoted() { # the text as one word of shell
  printf "'"
  printf '%s' "$1" | sed "s/'/'\\\\\\\\''/g"
  printf "'"
}

# Written before the change, so that no change is without its line.
record() { # what was done, the command that undoes it
  printf '# %s: step %s: %s\\n%s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$number" "$label ($1)" "$2" \\
    >> "$quarantine/changes.log" || refuse 'the log cannot be written to'
}

same() { # a b
  if [ -L "$1" ]; then
    [ -L "$2" ] && [ "$(readlink "$1" && printf x)" = "$(readlink "$2" && printf x)" ]
  elif [ -d "$1" ]; then
    diff -r "$1" "$2" > /dev/null
  elif [ -p "$1" ]; then
    [ -p "$2" ]
  else
    cmp -s "$1" "$2"
  fi
}

can_be_copied() { # path: pipes inside a folder, sockets and devices cannot be compared
  [ ! -p "$1" ] || return 0
  odd=$(find "$1" ! -type f ! -type d ! -type l | wc -l) && [ "$((odd))" -eq 0 ]
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
  mkdir -p -- "\${target%/*}" || refuse 'the quarantine cannot be written to' || return 1
  record moved "mv -- $(quoted "$target") $(quoted "$2")" || return 1
  if [ "$(stat -c %d "$2")" = "$(stat -c %d "\${target%/*}")" ]; then
    mv -- "$2" "$target" || refuse 'it could not be moved'
    return
  fi
  can_be_copied "$2" || refuse 'it holds something that is no file: move it by hand' || return 1
  if cp -RPp -- "$2" "$target" && same "$2" "$target"; then
    rm -rf -- "$2" || refuse 'its copy is in the quarantine, but it could not be removed'
  else
    rm -rf -- "$target"
    refuse 'it could not be copied to the quarantine'
  fi
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

# What a step writes goes to $new first, whose name is always the same: a run that was killed leaves one at most.
clear_way() { # root path place; makes the folder of path, and sets new
  if exists "$3"; then set_aside "$1" "$3" || return 1; fi
  make_folder "\${2%/*}" || refuse 'its folder could not be made' || return 1
  new=\${2%/*}/.regfsck-new
  rm -f -- "$new" || refuse 'its folder cannot be written to'
}

put() { # path; new is right, and takes its place
  mv -- "$new" "$1" || drop_new 'it could not be put in its place' || return 1
  new=''
}

drop_new() { # why
  rm -f -- "$new"
  new=''
  refuse "$1"
}
`;

# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# What the script reports of each step, and how it counts. Labels hold names as this script does: nothing raw is printed.

changed=0 already=0 refused=0 number=0 label='' own=''

tell() { # what became of the step
  printf '%-8s %s  %s\n' "$1" "$number" "$label"
}

refuse() { # why; fails always
  printf 'refused  %s  %s: %s\n' "$number" "$label" "$1" >&2
  return 1
}

in_order() {
  already=$((already + 1))
  tell 'in order'
}

would() {
  changed=$((changed + 1))
  tell would
}

did() {
  changed=$((changed + 1))
  tell 'done'
}

step() { # number root-as-shown root identity-of-root path identities message function arguments...
  number=$1 shown_root=$2 root=$3 root_identity=$4 shown=$5 identities=$6 label="$5: $7"
  unescape "$5"
  path=$text
  shift 7
  if "$@"; then :; else refused=$((refused + 1)); fi
}

interrupted() { # signal; what is half done is done by the next run
  [ -z "$own" ] || leave_own
  printf 'interrupted by %s at step %s; run it again to go on\n' "$1" "$number" >&2
  exit 3
}

finish() {
  if $apply; then
    printf '%s done, %s in order already, %s refused\n' "$changed" "$already" "$refused"
  else
    printf '%s to do, %s in order already, %s refused; nothing was changed: --apply does it\n' \
      "$changed" "$already" "$refused"
  fi
  [ "$refused" -eq 0 ] || exit 1
  exit 0
}

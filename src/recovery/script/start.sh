# shellcheck shell=sh disable=SC2034 # the parts of the script share their variables
#
# It writes links, copies blobs, and moves things into a quarantine. It deletes nothing.
# Without --apply it only tells what it would do. Stop the registry first, and scan afterwards.
# Run it as the user who owns the storage. It follows no symbolic link, and works only in folders that are still those
# which were planned for, by device and inode, and that nobody else can write to.
# Every change is written to changes.log in the quarantine, with the command that undoes it; undo the last one first.
# It may be run again at any time: what is in order is left alone, and what no longer looks as planned is refused.
# In names, \0 and three octal digits stand for a byte that does not print, and for a backslash.
# shellcheck disable=SC2016,SC2317 # names are quoted whatever is in them; step calls the functions by their names
set -euC
LC_ALL=C
export LC_ALL
unset CDPATH
umask 077
apply=false as_root=false
newline='
'

unescape() { # a name as this script holds it; sets text
  text=$1
  case $1 in
    *\\*)
      text=$(printf '%bx' "$1")
      text=${text%x}
      ;;
  esac
}

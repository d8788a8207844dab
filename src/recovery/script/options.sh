# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# What the script takes on its command line.

usage() {
  printf 'usage: sh %s [--apply] [--as-root] [--quarantine FOLDER]\n' "$0"
}
while [ "$#" -gt 0 ]; do
  case $1 in
    --apply) apply=true ;;
    --as-root) as_root=true ;;
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
user=$(id -u)

# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# What the script takes on its command line.

usage() {
  printf 'usage: sh %s [--apply] [--any-age] [--log FILE] [URL]\n' "$0"
}
while [ "$#" -gt 0 ]; do
  case $1 in
    --apply) apply=true ;;
    --any-age) any_age=true ;;
    --log)
      [ "$#" -ge 2 ] || { usage >&2; exit 2; }
      log=$2
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) url=$1 ;;
  esac
  shift
done
url=${url%/}
[ -n "$log" ] || log=$0.log

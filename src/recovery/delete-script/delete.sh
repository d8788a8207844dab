# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# What the script does with each repository, and with each manifest of it.

begin() {
  command -v curl > /dev/null || { printf 'curl is missing\n' >&2; exit 2; }
  case $url in
    http://?* | https://?*) ;;
    *) usage >&2; printf 'give the address of the registry: https://registry.example:5000\n' >&2; exit 2 ;;
  esac
  case $url in
    *@*) printf 'credentials do not belong in the address: see the beginning of this script\n' >&2; exit 2 ;;
    *[!][A-Za-z0-9.:/_~%-]*) printf 'invalid address: %s\n' "$url" >&2; exit 2 ;;
  esac
  age=$(($(date +%s) - planned))
  if [ "$age" -gt 86400 ] && ! $any_age; then
    printf 'this was planned more than a day ago: run regfsck reclaim again (--any-age runs it all the same)\n' >&2
    exit 2
  fi
  ! $apply || : >> "$log" || exit 2
  ask GET /v2/
  [ "$status" = 200 ] || stop "GET /v2/: the registry answered $status"
}

# What was pushed since may need what nothing needed before.
repository() { # name; reads the tags that were there, as `tag digest` lines
  name=$1 open=true
  known=$(cat)
  look_for_pushes
}

# A repository of many deletes takes minutes: what is pushed meanwhile counts too. A look takes as long as there are tags, so
# that at most a tenth of the time goes into looking.
look_again() {
  now=$(date +%s)
  [ "$now" -lt "$looked" ] || [ "$((now - looked))" -ge "$((10 + 10 * took))" ] || return 0
  look_for_pushes
}

look_for_pushes() { # in the repository $name; sets open to false where there was one
  began=$(date +%s)
  read_changed
  looked=$(date +%s)
  took=$((looked - began))
  [ -n "$changed" ] || return 0
  open=false
  say "left    $name: tag $changed was pushed since: run regfsck reclaim again"
}

read_changed() { # sets changed to a tag of the repository $name that is not as it was, or to nothing
  changed=''
  list_tags "$name"
  [ -n "$tags" ] || return 0
  now=$(read_tags "$name") || stop "tags of $name: no answer from $url"
  changed=$(awk '
    $0 ~ /^(known|now|tags):$/ { part = $0; next }
    NF == 0 { next }
    part == "known:" { known[$0] }
    part == "now:" { answers += 1 }
    part == "now:" && $2 != "404" && !($0 in known) && changed == "" { changed = $1 }
    part == "tags:" { tags += 1 }
    END { print answers == tags ? changed : "?" }
  ' << END
known:
$known
now:
$now
tags:
$(sed 's/$/ ./' << TAGS
$tags
TAGS
)
END
)
  [ "$changed" != '?' ] || stop "tags of $name: not every one was answered"
}

manifest() { # digest, bytes
  ! $open || look_again
  if ! $open; then left=$((left + 1)); return; fi
  if $apply; then ask DELETE "/v2/$name/manifests/$1"; else ask HEAD "/v2/$name/manifests/$1"; fi
  case $status/$apply in
    202/true) deleted=$((deleted + 1)); say "deleted $name@$1" ;;
    200/false) deleted=$((deleted + 1)); say "would   $name@$1" ;;
    404/*) gone=$((gone + 1)); say "gone    $name@$1" ;;
    5??/false) deleted=$((deleted + 1)); say "would   $name@$1 (which the registry cannot serve: $status)" ;;
    405/true) stop "DELETE $name@$1: deletes are not enabled in this registry (storage.delete.enabled)" ;;
    *) stop "$name@$1: the registry answered $status" ;;
  esac
}

finish() {
  if $apply; then
    say "$deleted deleted, $gone gone already, $left left"
  else
    say "$deleted to delete, $gone gone already, $left left; nothing was deleted: --apply does it"
  fi
  [ "$left" -eq 0 ] || exit 3
}

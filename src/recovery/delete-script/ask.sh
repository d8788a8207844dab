# shellcheck shell=sh disable=SC2034,SC2154 # the parts of the script share their variables
# How the script speaks to the registry: with curl, whose configuration, credentials in it, comes over a pipe.

stop() { # why
  say "stopped: $1" >&2
  exit 1
}

say() { # a line for the screen and for the log
  printf '%s\n' "$1"
  ! $apply || printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >> "$log"
}

quoted() { # a value in the words of a curl configuration
  printf '"'
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
  printf '"'
}

# The types are those of every manifest: what is not accepted the registry does not give, or turns into something else.
configuration() { # of every request
  printf '%s\n' silent show-error globoff netrc-optional 'max-time = 60' 'proto = "=http,https"'
  for type in \
    application/vnd.oci.image.index.v1+json application/vnd.oci.image.manifest.v1+json \
    application/vnd.docker.distribution.manifest.list.v2+json application/vnd.docker.distribution.manifest.v2+json \
    application/vnd.docker.distribution.manifest.v1+prettyjws application/json; do
    printf 'header = "Accept: %s"\n' "$type"
  done
  if [ -n "${REGISTRY_USER-}" ]; then printf 'user = %s\n' "$(quoted "$REGISTRY_USER:${REGISTRY_PASSWORD-}")"; fi
  if [ -n "${REGISTRY_TOKEN-}" ]; then printf 'header = %s\n' "$(quoted "Authorization: Bearer $REGISTRY_TOKEN")"; fi
}

# curl -q: no ~/.curlrc may change what is asked.
ask() { # GET, HEAD or DELETE, path; sets status
  status=$({
    configuration
    case $1 in
      HEAD) printf 'head\n' ;;
      *) printf 'request = "%s"\n' "$1" ;;
    esac
    printf 'url = "%s%s"\n' "$url" "$2"
  } | curl -q --config - --output /dev/null --write-out '%{http_code}') || stop "$1 $2: no answer from $url"
}

list_tags() { # repository; sets tags, one a line: all that a client could have pushed, page by page
  rest=${url#*://}
  origin=${url%%://*}://${rest%%/*}
  tags='' next=$url/v2/$1/tags/list
  while [ -n "$next" ]; do
    answer=$({
      configuration
      printf 'include\nurl = "%s"\n' "$next"
    } | curl -q --config - --write-out '\n%{http_code}') || stop "tags of $1: no answer from $url"
    status=${answer##*"$newline"}
    case $status in
      200) ;;
      404) return ;;
      *) stop "tags of $1: the registry answered $status" ;;
    esac
    page=$(tr ',[]\r' "$newline$newline$newline$newline" << END | sed -n 's/^ *"\([A-Za-z0-9_][A-Za-z0-9_.-]*\)" *$/\1/p'
$answer
END
)
    tags=$tags${tags:+${page:+$newline}}$page
    next=$(sed -n 's/^[Ll]ink: *<\([^>"\\]*\)>.*rel="*next.*$/\1/p' << END
$answer
END
)
    case $next in
      /*) next=$origin$next ;;
      '' | "$origin"/*) ;;
      *) stop "tags of $1: the registry names its next page $next" ;;
    esac
  done
}

# In one run of curl, which then asks for all over one connection.
read_tags() { # repository; prints a line for each of $tags: its name, and its digest, or what was answered instead
  {
    configuration
    printf 'head\n'
    sed "s|.*|url = \"$url/v2/$1/manifests/&\"|" << END
$tags
END
  } | curl -q --config - --write-out 'answered %{url_effective} %{http_code}\n' |
    awk '
      { sub(/\r$/, "") }
      /^HTTP\// { digest = "" }
      tolower($1) == "docker-content-digest:" { digest = $2 }
      $1 == "answered" && NF == 3 {
        sub(/.*\//, "", $2)
        print $2, $3 == "200" ? digest : $3
      }
    '
}

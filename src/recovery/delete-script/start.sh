# shellcheck shell=sh disable=SC2034 # the parts of the script share their variables
#
# It sends DELETE requests for manifests, and removes nothing else. The registry must allow deletes:
# REGISTRY_STORAGE_DELETE_ENABLED=true, or storage.delete.enabled in its config.yml.
# Without --apply it only asks what is there. The space is freed by the next garbage collection, without -m.
# The address is an argument, or REGISTRY_URL. Credentials are those of ~/.netrc, or REGISTRY_USER and REGISTRY_PASSWORD, or
# REGISTRY_TOKEN; CURL_CA_BUNDLE names a certificate authority. None of them gets into this file, the log or a command line.
# A repository in which a tag was pushed since is left alone. It may be run again at any time: what is gone is no error.
set -eu
LC_ALL=C
export LC_ALL
unset CDPATH
umask 077
apply=false any_age=false url=${REGISTRY_URL-} log=''
deleted=0 gone=0 left=0
newline='
'

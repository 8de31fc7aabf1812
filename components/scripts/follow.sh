#!/bin/sh
# Runs a command each time that files have changed, and again until it succeeds; so a server takes new passwords and
# certificates while it runs.
# usage: follow.sh FILE... -- COMMAND ARGUMENT...
set -eu
files=
while [ "$1" != -- ]; do
  files="$files $1"
  shift
done
shift
applied=
while sleep 5; do
  # shellcheck disable=SC2086
  found=$(cat $files | sha256sum || true)
  if [ "$found" != "$applied" ] && "$@"; then applied=$found; fi
done

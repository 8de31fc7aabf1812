#!/bin/sh
# Runs the S3 server, which reads its keys when it starts only: it starts anew when their files change.
# usage: versitygw-start.sh ACCESS_KEY_FILE SECRET_KEY_FILE BUCKET,... ARGUMENT...
set -eu
access=$1 secret=$2
mkdir -p /data/metadata /data/objects
for bucket in $(echo "$3" | tr , ' '); do mkdir -p "/data/objects/$bucket"; done
shift 3

server=
trap 'kill -TERM $server; wait $server || true; exit 0' TERM INT
while true; do
  known=$(cat "$access" "$secret" | sha256sum)
  # The server takes its keys from variables; set here, they are in no manifest.
  ROOT_ACCESS_KEY=$(cat "$access") ROOT_SECRET_KEY=$(cat "$secret") versitygw "$@" &
  server=$!
  while [ "$(cat "$access" "$secret" | sha256sum)" = "$known" ]; do
    # A server that ended by itself ends the container.
    kill -0 $server 2> /dev/null || { wait $server; exit; }
    sleep 5 &
    wait $!
  done
  echo "the keys have changed: the server starts anew"
  kill -TERM $server
  wait $server || true
done

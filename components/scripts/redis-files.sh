#!/bin/sh
# Writes the exporter's file with the password of the pod's own user.
# usage: redis-files.sh PORT
. /scripts/redis-passwords.sh
set -eu
umask 077
make_own
# Versions of the exporter differ in whether the user is part of the address.
password=$(cat $own_password)
printf '{"redis://own@127.0.0.1:%s":"%s","redis://127.0.0.1:%s":"%s"}\n' "$1" "$password" "$1" "$password" \
  > /run/redis/exporter.json

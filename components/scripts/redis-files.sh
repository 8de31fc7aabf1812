#!/bin/sh
# Writes the files that hold the password: the server's, and the exporter's.
# usage: redis-files.sh PORT PASSWORD_FILE
set -eu
umask 077
quoted=$(sed 's/[\\"]/\\&/g' "$2")
printf 'requirepass "%s"\nmasterauth "%s"\n' "$quoted" "$quoted" > /run/redis/auth.conf
printf '{"redis://127.0.0.1:%s":"%s"}\n' "$1" "$quoted" > /run/redis/exporter.json

#!/bin/sh
# Writes the two files that hold the password: PgBouncer's list of users, and the exporter's password file.
# usage: pgbouncer-files.sh OWNER PASSWORD_FILE
set -eu
umask 077
password=$(cat "$2")
quoted() { printf '"%s"' "$(printf '%s' "$1" | sed 's/"/""/g')"; }
printf '%s %s\n' "$(quoted "$1")" "$(quoted "$password")" > /run/pgbouncer/userlist.txt
printf '127.0.0.1:*:pgbouncer:%s:%s\n' "$1" "$(printf '%s' "$password" | sed 's/[\\:]/\\&/g')" > /run/pgbouncer/pgpass

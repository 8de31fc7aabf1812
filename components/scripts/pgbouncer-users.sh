#!/bin/sh
# Writes PgBouncer's list of users, and makes a running PgBouncer read it and its certificate anew.
# usage: pgbouncer-users.sh OWNER PASSWORD_FILE [PROCESS]
set -eu
umask 077
quoted() { printf '"%s"' "$(printf '%s' "$1" | sed 's/"/""/g')"; }
list=/run/pgbouncer/userlist.txt
{
  printf '%s %s\n' "$(quoted "$1")" "$(quoted "$(cat "$2")")"
  printf '"quadrant_exporter" %s\n' "$(quoted "$(cat /run/pgbouncer/exporter)")"
} > $list.new
mv $list.new $list
if [ $# -gt 2 ]; then kill -HUP "$3"; fi

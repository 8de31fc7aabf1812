#!/bin/sh
# Starts PgBouncer, which takes a changed password or certificate while it runs.
# usage: pgbouncer-start.sh OPEN_FILES OWNER PASSWORD_FILE [CERTIFICATE]
#   OPEN_FILES  how many its connections need; container runtimes often start programs with 1024
set -eu
needed=$1 owner=$2 password_file=$3
shift 2
if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt "$needed" ] && ! ulimit -S -n "$needed"; then
  echo "the node allows $(ulimit -H -n) open files and maxClientConnections needs $needed; clients beyond will be refused"
  ulimit -S -n "$(ulimit -H -n)"
fi
sh /scripts/pgbouncer-users.sh "$owner" "$password_file"
# PgBouncer sets its own handler; before that, the signal would end this shell.
trap '' HUP
sh /scripts/follow.sh "$@" -- sh /scripts/pgbouncer-users.sh "$owner" "$password_file" $$ &
exec pgbouncer /etc/pgbouncer/pgbouncer.ini

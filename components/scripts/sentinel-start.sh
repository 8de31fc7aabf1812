#!/bin/sh
# Starts a Sentinel on a configuration of its own, in which it keeps who is master and who else watches.
# usage: sentinel-start.sh PASSWORD_FILE NAME MASTER PORT QUORUM
set -eu
read -r self < /etc/hostname
quoted=$(sed 's/[\\"]/\\&/g' "$1")
kept=/data/sentinel.conf
state="sentinel monitor $2 $3 $4 $5"
if [ -f "$kept" ]; then
  state=$(grep -E '^sentinel (myid|monitor|[a-z]+-epoch|known-[a-z]+) ' "$kept")
fi
umask 077
{
  cat /etc/redis/sentinel.conf
  # Other Sentinels ask for the same password.
  printf 'requirepass "%s"\n' "$quoted"
  printf 'sentinel announce-ip %s\n%s\nsentinel auth-pass %s "%s"\n' "$self" "$state" "$2" "$quoted"
} > "$kept.new"
mv "$kept.new" "$kept"
exec redis-server "$kept" --sentinel

#!/bin/sh
# Starts a Sentinel on a configuration of its own, in which it keeps who is master and who else watches.
# usage: sentinel-start.sh PORT PASSWORD_FILE MINUTES NAME MASTER MASTER_PORT QUORUM HOST:PORT...
#   HOST:PORT  of all servers and Sentinels, which share the password
set -eu
port=$1 password_file=$2 minutes=$3 name=$4 master=$5 master_port=$6 quorum=$7
shift 7
. /scripts/redis-passwords.sh
read -r self < /etc/hostname
kept=/data/sentinel.conf
state="sentinel monitor $name $master $master_port $quorum"
if [ -f "$kept" ]; then
  state=$(grep -E '^sentinel (myid|monitor|[a-z]+-epoch|known-[a-z]+) ' "$kept")
fi
umask 077
make_own
note "$password_file" "$minutes"
word=$(shown "$@")
{
  cat /etc/redis/sentinel.conf
  users
  printf 'sentinel announce-ip %s\n%s\n' "$self" "$state"
  printf 'sentinel auth-pass %s %s\nsentinel sentinel-pass %s\n' "$name" "$(quoted "$word")" "$(quoted "$word")"
} > "$kept.new"
mv "$kept.new" "$kept"
sh /scripts/redis-follow.sh "$port" "$password_file" "$minutes" "$word$(accepted)" "$name" "$@" &
exec redis-server "$kept" --sentinel

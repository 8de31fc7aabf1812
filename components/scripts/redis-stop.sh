#!/bin/sh
# Hands the master's role over before this copy stops, so that writers wait for moments only.
# usage: redis-stop.sh PORT PASSWORD_FILE NAME SENTINEL...
set -eu
port=$1 name=$3
REDISCLI_AUTH=$(cat "$2")
export REDISCLI_AUTH
shift 3
read -r self < /etc/hostname

redis-cli -h 127.0.0.1 -p "$port" role | grep -qx master || exit 0
for host in "$@"; do
  if timeout 2 redis-cli -h "$host" -p 26379 sentinel failover "$name" 2> /dev/null | grep -qx OK; then break; fi
done
# The Sentinels name the new master long before they make a copy of the old one, so this asks them.
seconds=0
while [ $seconds -lt 20 ]; do
  master=$(timeout 2 redis-cli -h "$host" -p 26379 sentinel get-master-addr-by-name "$name" 2> /dev/null | head -n 1)
  if [ -n "$master" ] && [ "$master" != "$self" ]; then break; fi
  sleep 1
  seconds=$((seconds + 1))
done

#!/bin/sh
# Hands the master's role over before this copy stops, so that writers wait for moments only.
# usage: redis-stop.sh PORT NAME SENTINEL...
set -eu
port=$1 name=$2
shift 2
. /scripts/redis-passwords.sh
read -r self < /etc/hostname

ask_own "$port" role | grep -qx master || exit 0
for host in "$@"; do
  if ask "$host" 26379 sentinel failover "$name" | grep -qx OK; then break; fi
done
# The Sentinels name the new master long before they make a copy of the old one, so this asks them.
seconds=0
while [ $seconds -lt 20 ]; do
  master=$(ask "$host" 26379 sentinel get-master-addr-by-name "$name" | head -n 1)
  if [ -n "$master" ] && [ "$master" != "$self" ]; then break; fi
  sleep 1
  seconds=$((seconds + 1))
done

#!/bin/sh
# Starts Redis on a configuration of its own, which Redis rewrites when its role changes.
# usage: redis-start.sh PORT PASSWORD_FILE MINUTES MASTER [NAME SENTINEL...]
#   MINUTES  how long the former password counts after a change
#   MASTER  the host that all copies but the first follow, until Sentinels say otherwise
#   NAME    what the Sentinels call the master
set -eu
port=$1 password_file=$2 minutes=$3 master=$4
shift 4
. /scripts/redis-passwords.sh
read -r self < /etc/hostname
kept=/data/redis.conf

# Prints the host that most of the Sentinels hold for the master.
elected() {
  name=$1
  shift
  for host in "$@"; do
    ask "$host" 26379 sentinel get-master-addr-by-name "$name" |
      sed -n '1s/^\([a-z0-9-]\{1,\}\)$/\1/p'
  done | sort | uniq -c | sort -rn | while read -r votes host; do
    if [ "$votes" -gt $(($# / 2)) ]; then printf '%s\n' "$host"; fi
    break
  done
}

umask 077
make_own
note "$password_file" "$minutes"
case $self in
  *-0) leader= ;;
  *) leader=$master ;;
esac
if [ $# -gt 0 ]; then
  attempts=1 dead_master=
  if [ -f "$kept" ]; then
    # The Sentinels know more than the disk, so after a restart they get time to answer.
    attempts=5
    leader=$(sed -n 's/^replicaof "\{0,1\}\([^ "]*\).*/\1/p' "$kept")
    # A master that is back before it was missed would have the copies drop what its log lacks, so it lets the
    # Sentinels miss it. Where no copy is left to elect, it goes on as master.
    if [ -z "$leader" ]; then attempts=10 dead_master=$self; fi
  fi
  while [ $attempts -gt 0 ]; do
    answer=$(elected "$@")
    if [ -n "$answer" ]; then
      leader=$answer
      if [ "$leader" != "$dead_master" ]; then break; fi
    fi
    attempts=$((attempts - 1))
    sleep 1
  done
fi

if [ "$leader" = "$self" ]; then leader=; fi
word=$(shown ${leader:+"$leader:$port"})
{
  cat /etc/redis/redis.conf
  users
  printf 'masterauth %s\n' "$(quoted "$word")"
  if [ $# -gt 0 ]; then printf 'replica-announce-ip %s\nreplica-announce-port %s\n' "$self" "$port"; fi
  if [ -n "$leader" ]; then printf 'replicaof %s %s\n' "$leader" "$port"; fi
} > "$kept.new"
mv "$kept.new" "$kept"
sh /scripts/redis-follow.sh "$port" "$password_file" "$minutes" "$word$(accepted)" &
exec redis-server "$kept"

#!/bin/sh
# Tells whether Redis or Sentinel lives; a ready Redis is the master, or is connected to it.
# usage: redis-probe.sh live|ready PORT
set -eu
. /scripts/redis-passwords.sh
answer=$(ask_own "$2" ping || true)
case $answer in
  PONG) ;;
  # Reading a long append-only file is life, but no readiness.
  *LOADING*) if [ "$1" = live ]; then exit 0; else exit 1; fi ;;
  *) exit 1 ;;
esac
if [ "$1" = ready ]; then
  ask_own "$2" info replication | grep -Eq '^(role:master|master_link_status:up)'
fi

#!/bin/sh
# Brings a running Redis or Sentinel in line with its password's file, for as long as it runs.
# usage: redis-follow.sh PORT PASSWORD_FILE MINUTES APPLIED [NAME HOST:PORT...]
#   MINUTES  how long the former password counts after a change
#   APPLIED  what the server was started with: the word for the password that others see, and the rules
#   NAME     of a Sentinel: what it calls the master; the places are those of all servers and Sentinels
set -eu
port=$1 password_file=$2 minutes=$3 applied=$4 name=${5:-}
shift "$(($# < 5 ? $# : 5))"
. /scripts/redis-passwords.sh

# Prints where this server logs in.
others() {
  if [ -n "$name" ]; then
    echo "$@"
  else
    ask_own "$port" info replication | tr -d '\r' | sed -n 's/^master_host://p; s/^master_port:/:/p' | tr -d '\n'
  fi
}

# Prints the commands that let both passwords in, and show one of them to others.
commands() {
  printf 'ACL SETUSER default resetpass%s\n' "$2"
  if [ -n "$name" ]; then
    printf 'SENTINEL SET %s auth-pass %s\nSENTINEL CONFIG SET sentinel-pass %s\n' "$name" "$(quoted "$1")" "$(quoted "$1")"
  else
    printf 'CONFIG SET masterauth %s\n' "$(quoted "$1")"
  fi
}

follow() {
  note "$password_file" "$minutes" || return
  rules=$(accepted)
  # shellcheck disable=SC2046
  word=$(shown $(others "$@"))
  [ "$word$rules" != "$applied" ] || return 0
  answers=$(commands "$word" "$rules" | ask_own "$port")
  # Each answer is OK, or what is wrong; the next round tries again.
  if printf '%s\n' "$answers" | grep -vx OK; then return 1; fi
  applied=$word$rules
  echo "passwords that count now: $(printf '%s' "$rules" | wc -w), others see the $word one"
}

while sleep 5; do
  follow "$@" || true
done

#!/bin/sh
# Functions of the scripts around Redis and Sentinel, whose password changes while they run.
# A new password counts beside the former one at once, and towards others as soon as all of them take it; the former
# one ends later. Probes, exporter and these scripts have a user of their own in each pod, whose password never changes.
set -eu
passwords=/data/passwords
own_password=/run/redis/own

# Makes the password of the pod's own user.
make_own() {
  [ -s $own_password ] || head -c 32 /dev/urandom | sha256sum | cut -c1-64 > $own_password
}

# Notes what FILE holds: the password noted before becomes the former one, which ends after MINUTES.
note() {
  mkdir -p $passwords
  new=$(cat "$1") && [ -n "$new" ] || return 1
  known=$(cat $passwords/current 2> /dev/null || true)
  if [ "$new" != "$known" ]; then
    for one in former current; do
      if [ $one = former ]; then text=$known; else text=$new; fi
      [ -n "$text" ] || continue
      printf '%s' "$text" > $passwords/$one.new
      mv $passwords/$one.new $passwords/$one
    done
  fi
  find $passwords -name former -mmin "+$2" -exec rm {} +
}

# Prints the rules of the passwords that count.
accepted() {
  for one in current former; do
    [ -f $passwords/$one ] || continue
    printf ' #%s' "$(sha256sum < $passwords/$one | cut -c1-64)"
  done
}

# Prints the lines of a configuration with both users.
users() {
  printf 'user default on%s ~* &* +@all\n' "$(accepted)"
  printf 'user own on #%s ~* &* +@all\n' "$(tr -d '\n' < $own_password | sha256sum | cut -c1-64)"
}

# Tells whether an answer is that to a password that does not count.
refused() {
  case $1 in *WRONGPASS* | *NOAUTH*) return 0 ;; *) return 1 ;; esac
}

# Asks HOST at PORT something, by the first of the passwords that it takes.
ask() {
  ask_host=$1 ask_port=$2
  shift 2
  for one in current former; do
    [ -f $passwords/$one ] || continue
    said=$(REDISCLI_AUTH=$(cat $passwords/$one) timeout 1 redis-cli -h "$ask_host" -p "$ask_port" "$@" 2> /dev/null || true)
    if ! refused "$said"; then break; fi
  done
  printf '%s\n' "$said"
}

# Asks the pod's own server at PORT something; without a question, what standard input says.
ask_own() {
  own_port=$1
  shift
  REDISCLI_AUTH=$(cat $own_password) redis-cli --user own --no-auth-warning -h 127.0.0.1 -p "$own_port" "$@" 2>&1
}

# Prints which password HOST:PORT... get to see: the new one, unless one of them still refuses it.
shown() {
  if [ -f $passwords/former ]; then
    for place in "$@"; do
      said=$(REDISCLI_AUTH=$(cat $passwords/current) timeout 1 redis-cli -h "${place%:*}" -p "${place##*:}" ping 2>&1 || true)
      if refused "$said"; then
        echo former
        return
      fi
    done
  fi
  echo current
}

# Prints a password, current or former, as an argument in Redis' files and commands.
quoted() {
  printf '"%s"' "$(sed 's/[\\"]/\\&/g' $passwords/"$1")"
}

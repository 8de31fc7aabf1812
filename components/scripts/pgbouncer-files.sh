#!/bin/sh
# Makes a password for the exporter's own user, and writes the file from which the exporter reads it.
# usage: pgbouncer-files.sh
set -eu
umask 077
password=$(head -c 32 /dev/urandom | sha256sum | cut -c1-64)
printf '%s' "$password" > /run/pgbouncer/exporter
printf '127.0.0.1:*:pgbouncer:quadrant_exporter:%s\n' "$password" > /run/pgbouncer/pgpass

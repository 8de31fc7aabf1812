#!/bin/sh
# Tells whether PostgreSQL accepts connections on its port.
# usage: postgresql-ready.sh PORT DATABASE OWNER
set -eu
for directory in /usr/lib/postgresql/*/bin; do
  PATH=$directory:$PATH
done
exec pg_isready --quiet --host=127.0.0.1 --port="$1" --dbname="$2" --username="$3"

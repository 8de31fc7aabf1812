#!/bin/sh
# Gives the owner the password in a file, and makes the server read its certificate anew.
# usage: postgresql-credentials.sh PORT OWNER PASSWORD_FILE
set -eu
for directory in /usr/lib/postgresql/*/bin; do
  PATH=$directory:$PATH
done
export PASSWORD_FILE="$3"
exec psql --host=/var/run/postgresql --port="$1" --username=postgres --dbname=postgres --no-psqlrc --quiet --output=/dev/null \
  --set=ON_ERROR_STOP=1 --set=owner="$2" <<'SQL'
\set password `cat "$PASSWORD_FILE"`
SET password_encryption = 'scram-sha-256';
ALTER ROLE :"owner" LOGIN PASSWORD :'password';
SELECT pg_reload_conf();
SQL

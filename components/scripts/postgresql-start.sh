#!/bin/sh
# Starts PostgreSQL, on an empty claim after making the cluster; owner, password and database are
# brought in line with the manifest before any client can connect.
# usage: postgresql-start.sh PORT DATABASE OWNER PASSWORD_FILE [CERTIFICATE]
set -eu
port=$1 database=$2 owner=$3 password_file=$4
data=/var/lib/postgresql/data/pgdata
socket=/var/run/postgresql
# Distributions keep the server's programs off PATH, in a directory of their version.
for directory in /usr/lib/postgresql/*/bin; do
  PATH=$directory:$PATH
done
umask 077

if [ ! -s "$data/PG_VERSION" ]; then
  # Made aside and moved, so that an interrupted run leaves nothing that looks like a cluster.
  rm -rf "$data.new"
  initdb --pgdata="$data.new" --username=postgres --auth-local=peer --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  rm -rf "$data"
  mv "$data.new" "$data"
fi

# Nobody but this script connects meanwhile: the server listens on its socket only.
pg_ctl --pgdata="$data" --wait --timeout=600 \
  --options="-c listen_addresses='' -c port=$port -c unix_socket_directories=$socket" start
psql --host="$socket" --port="$port" --username=postgres --dbname=postgres --no-psqlrc --quiet \
  --set=ON_ERROR_STOP=1 --set=owner="$owner" --set=database="$database" <<'SQL'
SELECT format('CREATE ROLE %I', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT 'CREATE ROLE quadrant_exporter LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quadrant_exporter') \gexec
GRANT pg_monitor TO quadrant_exporter;
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
\connect :"database"
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
sh /scripts/postgresql-credentials.sh "$port" "$owner" "$password_file"
pg_ctl --pgdata="$data" --wait --mode=fast stop

shift 3
sh /scripts/follow.sh "$@" -- sh /scripts/postgresql-credentials.sh "$port" "$owner" "$password_file" &
exec postgres -D "$data" -c config_file=/etc/postgresql/postgresql.conf -c hba_file=/etc/postgresql/pg_hba.conf \
  -c ident_file=/etc/postgresql/pg_ident.conf

#!/bin/sh
# Starts ClickHouse, which takes a changed password while it runs.
# usage: clickhouse-start.sh OWNER PASSWORD_FILE
set -eu
umask 077
# A directory of the server's own: it refuses data whose owner is not the user that it runs as.
mkdir -p /var/lib/clickhouse/server
sh /scripts/clickhouse-users.sh "$1" "$2"
sh /scripts/follow.sh "$2" -- sh /scripts/clickhouse-users.sh "$1" "$2" &
exec clickhouse server --config-file=/etc/clickhouse/config.yaml

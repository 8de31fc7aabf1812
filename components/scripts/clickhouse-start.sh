#!/bin/sh
# Starts ClickHouse with one user, whose password it knows by its hash only.
# usage: clickhouse-start.sh OWNER PASSWORD_FILE
set -eu
umask 077
hash=$(printf '%s' "$(cat "$2")" | sha256sum | cut -c1-64)
# A directory of the server's own: it refuses data whose owner is not the user that it runs as.
mkdir -p /var/lib/clickhouse/server
cat > /run/clickhouse/users.yaml <<END
profiles:
  default: {}
quotas:
  default: {}
users:
  $1:
    password_sha256_hex: "$hash"
    profile: default
    quota: default
    networks:
      ip: "::/0"
END
exec clickhouse server --config-file=/etc/clickhouse/config.yaml

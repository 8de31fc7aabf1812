#!/bin/sh
# Writes ClickHouse's one user, whose password it knows by its hash only; a running server reads the file anew by itself.
# usage: clickhouse-users.sh OWNER PASSWORD_FILE
set -eu
umask 077
users=/run/clickhouse/users.yaml
hash=$(printf '%s' "$(cat "$2")" | sha256sum | cut -c1-64)
cat > $users.new <<END
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
mv $users.new $users

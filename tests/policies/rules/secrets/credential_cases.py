"""Texts that hold a credential, and texts that only look like it; none of the credentials is anybody's."""

from __future__ import annotations

from tests.policies.builders import UNKNOWN
from tests.policies.pod_cases import INIT, MAIN, breaks, keeps

KEY = "-----BEGIN RSA PRIVATE KEY-----\nbm9ib2R5J3M=\n-----END RSA PRIVATE KEY-----"
SECRET_REF = {"name": "NODE_ENV", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
FIELD_REF = {"name": "NODE_ENV", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}

HELD = (
    ("DB_PASSWORD", "correct-horse"),
    ("redisPassword", "12345678"),
    ("API_TOKEN", "f00ba4"),
    ("client-secret", "s3cr3t"),
    ("stripeApiKey", "abc"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
    ("PASSPHRASE", "open sesame"),
    ("DATABASE_URL", "postgres://shop:correct-horse@db:5432/shop"),
    ("CACHE", "redis://:correct-horse@cache:6379/0"),
    ("WHATEVER", "AKIA" + 16 * "X"),
    ("SESSION", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
    ("CERTIFICATE", KEY),
)
"""Names and values that are credentials."""

OPEN = (
    ("PASSWORD_FILE", "/run/secrets/password"),
    ("DB_PASSWORD", "/run/secrets/password"),
    ("DB_PASSWORD", "$(DB_PASSWORD_FROM_SECRET)"),
    ("DB_PASSWORD", "${DB_PASSWORD}"),
    ("DB_PASSWORD", "{{ .Values.password }}"),
    ("DB_PASSWORD", "<set by the operator>"),
    ("DB_PASSWORD", ""),
    ("TOKEN", "3600"),
    ("RESET_PASSWORD", "enabled"),
    ("SECRET_NAME", "api-secrets"),
    ("existingSecret", "api-secrets"),
    ("TOKEN_TTL", "15m"),
    ("PASSWORD_ENCRYPTION", "scram-sha-256"),
    ("DATABASE_URL", "postgres://db:5432/shop?sslmode=require"),
    ("DATABASE_URL", "postgres://shop:${PASSWORD}@db:5432/shop"),
    ("CERTIFICATE", "-----BEGIN CERTIFICATE-----"),
    ("MONKEY", "george"),
)
"""Names and values that are none."""

PODS = (
    breaks(f"{MAIN}/env", [SECRET_REF], "secrets-as-files/env", "allowed-env/"),
    breaks(f"{INIT}/env", [SECRET_REF], "secrets-as-files/env", "allowed-env/"),
    breaks(f"{MAIN}/envFrom", [{"secretRef": {"name": "s"}}], "secrets-as-files/envFrom", "allowed-env/"),
    breaks(f"{MAIN}/env", [{"name": "LOG_LEVEL", "value": "INFO"}], "allowed-env/"),
    breaks(f"{INIT}/env", [{"name": "DB_HOST", "value": "db"}], "allowed-env/"),
    breaks(f"{MAIN}/envFrom", [{"configMapRef": {"name": "c"}}], "allowed-env/"),
    keeps(f"{MAIN}/env", [FIELD_REF]),
    keeps(f"{MAIN}/env", [{"name": name, "value": "x"} for name in ("NODE_ENV", "CONFIG_PATH", "SECRETS_DIR")]),
    breaks(f"{MAIN}/env", [{"name": "NODE_ENV", "value": KEY}], "no-inline-secrets/env"),
    breaks(f"{MAIN}/env", [{"name": "NODE_ENV", "value": UNKNOWN}], "no-inline-secrets/unknown"),
    breaks(f"{MAIN}/env", [{"name": UNKNOWN, "value": "x"}], "no-inline-secrets/unknown", "allowed-env/unknown"),
    breaks(f"{MAIN}/args", ["serve", "--db-password=correct-horse"], "no-inline-secrets/args"),
    breaks(f"{INIT}/command", ["login", "--token", "f00ba4"], "no-inline-secrets/args"),
    breaks(f"{MAIN}/args", ["sh", "-c", "curl https://a:correct-horse@example.com"], "no-inline-secrets/args"),
    breaks(f"{MAIN}/args", [UNKNOWN], "no-inline-secrets/unknown"),
    keeps(f"{MAIN}/args", ["--password-file=/run/secrets/password", "--token", "--verbose", "--secret=$(SECRET)"]),
)  # fmt: skip

"""Credentials in clear text: found by their name or their form, and never repeated."""

from __future__ import annotations

import json

import pytest

from quadrant_platform.policies.pack import check
from tests.policies.builders import UNKNOWN, Manifest, changed, obj, workload
from tests.policies.cases import INIT, MAIN, PodCase, breaks, keeps
from tests.policies.judging import PACK, engine_rules, rules

KEY = "-----BEGIN RSA PRIVATE KEY-----\nbm9ib2R5J3M=\n-----END RSA PRIVATE KEY-----"
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
"""Names and values that are no credentials."""

CASES = (
    breaks(f"{MAIN}/env", [{"name": "NODE_ENV", "value": KEY}], "no-inline-secrets/env"),
    breaks(f"{MAIN}/env", [{"name": "NODE_ENV", "value": UNKNOWN}], "no-inline-secrets/unknown"),
    breaks(f"{MAIN}/env", [{"name": UNKNOWN, "value": "x"}], "no-inline-secrets/unknown", "allowed-env/unknown"),
    breaks(f"{MAIN}/args", ["serve", "--db-password=correct-horse"], "no-inline-secrets/args"),
    breaks(f"{INIT}/command", ["login", "--token", "f00ba4"], "no-inline-secrets/args"),
    breaks(f"{MAIN}/args", ["sh", "-c", "curl https://a:correct-horse@example.com"], "no-inline-secrets/args"),
    breaks(f"{MAIN}/args", [UNKNOWN], "no-inline-secrets/unknown"),
    keeps(f"{MAIN}/args", ["--password-file=/run/secrets/password", "--token", "--verbose", "--secret=$(SECRET)"]),
)  # fmt: skip

POLICY = "no-inline-secrets"


def config_map(text: str, key: str = "app.yaml") -> Manifest:
    return obj("v1", "ConfigMap", "api-config", data={key: text})


def variable(name: str, value: str) -> Manifest:
    pod = workload(component="database")
    return changed(pod, "spec/template/spec/containers/0/env", [{"name": name, "value": value}])


def texts(name: str, value: str) -> list[Manifest]:
    """Return the same setting in a variable and in three forms of a configuration file."""
    lines = f"logLevel: INFO\n{name}: {value}\nport: 3001\n"
    if "\n" in value or not value:
        return [variable(name, value), config_map(value, name)]
    return [variable(name, value), config_map(value, name), config_map(lines), config_map(f"export {name}={value}"),
            config_map(json.dumps({"server": {name: value}}))]  # fmt: skip


def found(manifest: Manifest) -> list[str]:
    return [one.message for one in check([manifest]) if one.policy == POLICY]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


@pytest.mark.parametrize(("name", "value"), HELD)
def test_a_credential_is_found_and_not_repeated(name: str, value: str) -> None:
    for manifest in texts(name, value):
        messages = found(manifest)
        assert messages, f"{manifest['kind']}: all who read the manifest have it"
        assert value not in " ".join(messages), "a message goes into logs"


@pytest.mark.parametrize(("name", "value"), OPEN)
def test_what_only_looks_like_a_credential_is_left_alone(name: str, value: str) -> None:
    for manifest in texts(name, value):
        assert not found(manifest), f"{manifest['kind']}: a place, a switch or a number is no credential"


@pytest.mark.parametrize("line", [
    "const client = connect({\n  password: readFileSync(path),\n  token: config.token,\n})",
    'PASSWORD="$(cat /run/secrets/password)"',
    "secret: {name: api-secrets}",
    "secret: |",
    "# password: correct-horse",
    "ALTER ROLE shop PASSWORD :'password';",
])  # fmt: skip
def test_a_program_that_reads_a_credential_holds_none(line: str) -> None:
    assert not found(config_map(line, "script")), "what is computed where it runs is not written here"


def test_a_certificate_is_public_and_its_key_is_not() -> None:
    assert not found(config_map("-----BEGIN CERTIFICATE-----\nbm9ib2R5\n-----END CERTIFICATE-----", "ca.crt")), "public"
    assert found(config_map(KEY, "tls.key")), "a reader of the ConfigMap can be the server"


def test_a_text_that_is_not_known_yet_is_reported() -> None:
    found = PACK.analyze(config_map(UNKNOWN)).rules
    assert (POLICY, "unknown") in found, "a text that is unknown at preview may hold anything"


def test_the_engine_finds_the_same_credentials() -> None:
    for name, value in HELD:
        assert (POLICY, "env") in PACK.analyze(variable(name, value)).rules, f"{name} is one, through its proxies too"
        assert PACK.analyze(config_map(value, name)).rules == {(POLICY, "config-map")}, "and so it is in a ConfigMap"


@pytest.mark.parametrize("part", ["\n", "eyJ-", "a.", "://", '"a":', " "])
def test_a_long_text_is_read_in_one_pass(part: str) -> None:
    assert not found(config_map(part * 50_000 + "!")), "a search that begins anew at each letter would never end"

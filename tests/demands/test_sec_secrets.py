"""Secrets: which there are, where they come from, and that each is a read-only file of its consumers only."""

import pytest

from quadrant_platform.policies.pack import POLICIES
from tests.demands.rendered import (
    STAGES,
    breaks,
    manifests,
    named,
    planted,
    pod,
    refusals,
    refused,
    secret_files,
    workload,
)
from tests.demands.variants import with_settings
from tests.policies.builders import changed
from tests.stacks import Manifest

MOTOVAULT, PHASE4 = "motovault", "motovault-phase4"
APP = (
    "auth0-client-secret", "postgres-password", "minio-access-key", "minio-secret-key", "platform-vehicles-api-key",
    "google-maps-api-key",
)  # fmt: skip
PLATFORM = {"platform-db-password": "mvp-platform-tenants", "vehicles-db-password": "mvp-platform-vehicles-api"}
SERVERS = {
    "postgres-password": "admin-postgres",
    "platform-db-password": "platform-postgres",
    "vehicles-db-password": "mvp-platform-vehicles-db",
}


def in_namespace_of(stage: str, name: str) -> list[Manifest]:
    """The objects beside a workload of motovault."""
    namespace = workload(MOTOVAULT, stage, name)["metadata"]["namespace"]
    return [one for one in manifests(MOTOVAULT, stage) if one["metadata"].get("namespace") == namespace]


def single_key(stage: str, name: str, consumer: str) -> str:
    """The one file that a Secret holds: generated in dev, read from the vault in prod."""
    here = in_namespace_of(stage, consumer)
    if stage == "dev":
        keys: str = named(here, "Secret", name)["metadata"]["annotations"]["quadrant.dev/generated-keys"]
        return keys
    (row,) = named(here, "ExternalSecret", name)["spec"]["data"]
    key: str = row["secretKey"]
    return key


@STAGES
@pytest.mark.demand("SEC-01")
@pytest.mark.parametrize("secret", APP)
def test_a_secret_of_the_application_is_a_single_file(stage: str, secret: str) -> None:
    assert single_key(stage, secret, "admin-backend") == secret, "one Secret holds one file"
    assert secret_files(MOTOVAULT, stage, "admin-backend")[secret] == secret, "which the backend reads"


@STAGES
@pytest.mark.demand("SEC-02")
@pytest.mark.parametrize(("secret", "reader"), PLATFORM.items())
def test_a_secret_of_the_platform_is_a_single_file(stage: str, secret: str, reader: str) -> None:
    assert single_key(stage, secret, reader) == secret, "one Secret holds one file"
    assert secret_files(MOTOVAULT, stage, reader)[secret] == secret, "which its service reads"


@pytest.mark.demand("SEC-01", "SEC-02")
@pytest.mark.parametrize(("secret", "server"), SERVERS.items())
def test_a_server_and_its_clients_share_a_password(secret: str, server: str) -> None:
    """X-91: in prod the operator reads the same entry of the vault as the clients do."""
    assert secret_files(MOTOVAULT, "dev", server) == {secret: secret}, "the server sees this file and no other one"
    prod = manifests(MOTOVAULT, "prod")
    sources = {row["remoteRef"]["key"] for one in prod if one["kind"] == "ExternalSecret"
               for row in one["spec"]["data"] if one["metadata"]["name"] in (secret, f"{server}-owner")}  # fmt: skip
    assert len(sources) == 1, f"one value serves {server} and its clients"


@STAGES
@pytest.mark.demand("SEC-01")
@pytest.mark.parametrize(
    ("caller", "callee", "secret"),
    [
        ("admin-backend", "mvp-platform-vehicles-api", "platform-vehicles-api-key"),
        ("admin-backend", "mvp-platform-tenants", "platform-tenants-api-key"),
    ],
)
def test_both_sides_of_a_call_have_the_key(stage: str, caller: str, callee: str, secret: str) -> None:
    """X-22: the key of the tenants API is added, and callees compare what callers present."""
    for name in (caller, callee):
        assert secret_files(MOTOVAULT, stage, name)[secret] == secret, f"{name} reads the key"


@STAGES
@pytest.mark.demand("SEC-03")
def test_secrets_are_read_only_files(stage: str) -> None:
    for policy in ("no-inline-secrets", "secrets-as-files", "secrets-read-only", "allowed-env"):
        assert not breaks(MOTOVAULT, stage, policy), f"the stack keeps to {policy}"
    for name in ("admin-backend", "mvp-platform-tenants", "mvp-platform-vehicles-api"):
        assert secret_files(MOTOVAULT, stage, name), f"{name} finds its secrets under /run/secrets"


@STAGES
@pytest.mark.demand("SEC-03")
def test_a_secret_in_the_environment_is_refused(stage: str) -> None:
    target = workload(MOTOVAULT, stage, "admin-backend")
    entry = {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "postgres-password", "key": "password"}}}
    found = refusals(target, "spec/template/spec/containers/0/env", [entry])
    assert {"secrets-as-files", "allowed-env"} <= found, "the environment is read by whoever sees a crash"
    whole = refusals(target, "spec/template/spec/containers/0/envFrom", [{"secretRef": {"name": "postgres-password"}}])
    assert {"secrets-as-files", "allowed-env"} <= whole, "a whole Secret no less"
    assert POLICIES["allowed-env"].level == "mandatory", "for the system's own services it stops the deployment"


@STAGES
@pytest.mark.demand("SEC-03")
def test_a_writable_secret_is_refused(stage: str) -> None:
    target = workload(MOTOVAULT, stage, "admin-backend")
    mounts = pod(MOTOVAULT, stage, "admin-backend")["containers"][0]["volumeMounts"]
    place = next(number for number, mount in enumerate(mounts) if mount["mountPath"] == "/run/secrets")
    writable = changed(target, f"spec/template/spec/containers/0/volumeMounts/{place}/readOnly", False)
    volumes = pod(MOTOVAULT, stage, "admin-backend")["volumes"]
    own = next(number for number, volume in enumerate(volumes) if volume["name"] == mounts[place]["name"])
    attributes = {"secretProviderClass": "admin-backend"}
    driver = {
        "name": mounts[place]["name"],
        "csi": {"driver": "secrets-store.csi.k8s.io", "volumeAttributes": attributes},
    }
    found = refusals(writable, f"spec/template/spec/volumes/{own}", driver)
    # Kubernetes itself mounts Secrets read-only, whatever a mount says: since 1.10, kubernetes/kubernetes#58720.
    assert "secrets-read-only" in found, "a process must not change what it was given"


@STAGES
@pytest.mark.demand("SEC-04")
def test_every_service_sees_only_its_own_secrets(stage: str) -> None:
    assert not breaks(MOTOVAULT, stage, "secret-consumers"), "no workload mounts a Secret that does not name it"
    seen = {name: set(secret_files(MOTOVAULT, stage, name)) for name in (*PLATFORM.values(), "admin-backend")}
    assert seen["mvp-platform-tenants"] == {
        "platform-db-password", "platform-redis-password", "platform-tenants-api-key",
    }, "the tenants API has its three"  # fmt: skip
    assert seen["mvp-platform-vehicles-api"] == {
        "vehicles-db-password", "vehicles-redis-password", "platform-vehicles-api-key",
    }, "the vehicles API has its three"  # fmt: skip
    added = {"admin-redis-password", "platform-tenants-api-key"}
    assert seen["admin-backend"] == {*APP, *added}, "the backend has the six of the seed, and the two of X-22"


@STAGES
@pytest.mark.demand("SEC-04")
def test_a_mounted_secret_of_somebody_else_is_refused(stage: str) -> None:
    target = workload(MOTOVAULT, stage, "mvp-platform-tenants")
    volumes = target["spec"]["template"]["spec"]["volumes"]
    place = next(number for number, one in enumerate(volumes) if one["name"] == "secrets")
    foreign = {"secret": {"name": "auth0-client-secret"}}
    stack = planted(
        manifests(MOTOVAULT, stage), target, f"spec/template/spec/volumes/{place}/projected/sources", [foreign]
    )
    assert refused(stack, "secret-consumers") == {"mvp-platform-tenants"}, "the pack names who reads too much"


def vault_stack(stage: str) -> list[Manifest]:
    """The objects of phase 4 on a vault: as shipped in prod, by one setting in dev, which else makes its own values."""
    return manifests(PHASE4, "prod") if stage == "prod" else with_settings(PHASE4, "dev", secrets="vault")


@STAGES
@pytest.mark.demand("SEC-11")
def test_a_store_leads_to_the_vault_of_the_seed(stage: str) -> None:
    """X-48: external-secrets serves v1. Each namespace has a store of its own, so that none crosses segments."""
    stores = [one for one in vault_stack(stage) if one["kind"] == "SecretStore"]
    assert "motovault" in {one["metadata"]["namespace"] for one in stores}, "the application's namespace has one"
    for store in stores:
        assert store["apiVersion"] == "external-secrets.io/v1", "the version that current controllers serve"
        assert store["metadata"]["name"] == "vault-backend", "by the seed's name"
        vault = store["spec"]["provider"]["vault"]
        expected = {"server": "https://vault.example.com", "path": "secret", "version": "v2"}
        assert {key: vault[key] for key in expected} == expected, "KV version 2 at the seed's path"
        login = vault["auth"]["kubernetes"]
        assert (login["mountPath"], login["role"]) == ("kubernetes", "motovault-role"), "and with the seed's role"


@STAGES
@pytest.mark.demand("SEC-12")
def test_the_applications_secret_follows_the_vault(stage: str) -> None:
    """X-48: external-secrets serves v1. X-43: the application's own sessions keep their JWT secret."""
    secret = named(vault_stack(stage), "ExternalSecret", "motovault-secrets")
    assert secret["apiVersion"] == "external-secrets.io/v1", "the version that current controllers serve"
    assert secret["metadata"]["namespace"] == "motovault", "it is beside the application"
    spec = secret["spec"]
    assert spec["refreshInterval"] == "1h", "changed values arrive within the hour"
    assert spec["secretStoreRef"] == {"name": "vault-backend", "kind": "SecretStore"}, "from the store above"
    target = {key: spec["target"][key] for key in ("name", "creationPolicy")}
    assert target == {"name": "motovault-secrets", "creationPolicy": "Owner"}, "and goes with its owner"
    rows = {row["secretKey"]: (row["remoteRef"]["key"], row["remoteRef"]["property"]) for row in spec["data"]}
    assert rows == {
        "POSTGRES_CONNECTION": ("motovault/database", "connection_string"),
        "JWT_SECRET": ("motovault/auth", "jwt_secret"),
    }, "the seed's two values, from their two places"


@STAGES
@pytest.mark.demand("SEC-12")
def test_the_application_reads_both_values_as_files(stage: str) -> None:
    files = secret_files(PHASE4, stage, "motovault")
    for key in ("POSTGRES_CONNECTION", "JWT_SECRET"):
        assert files[key] == "motovault-secrets", f"{key} is a file under /run/secrets"

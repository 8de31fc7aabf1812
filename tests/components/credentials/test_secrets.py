"""Secrets: from the vault in prod, generated once in dev, and in no manifest."""

from itertools import count

import pytest

from quadrant_platform.components.credentials.secrets import Secrets
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.program.recorder import placeholders
from quadrant_platform.vocabulary import CONSUMERS_ANNOTATION
from tests.components.sample import Manifest, Witness, args, environment, kinds, one, planned, shop, without, witnessed
from tests.stacks import walk


def generated(some: Plan) -> Witness:
    """What the component registers where there is no vault; every random value is a different one."""
    numbers = count(1)
    return witnessed(
        lambda: Secrets("secrets", args(some)),
        lambda urn, name: dict.fromkeys(placeholders(urn, name), f"value-{next(numbers)}"),
    )


def external(name: str, namespace: str) -> Manifest:
    found = [m for m in Secrets.manifests(planned("prod")) if m["metadata"]["namespace"] == namespace]
    return one(found, "ExternalSecret", name)


def test_two_namespaces_share_one_generated_value() -> None:
    secrets = generated(planned()).secrets
    values = {secrets[f"{place}/session-password"]["session-password"] for place in ("shop-core", "shop-database")}
    assert len(values) == 1, "client and server must agree on the password"


def test_different_secrets_have_different_values() -> None:
    secrets = generated(planned()).secrets
    values = {secrets[f"shop-platform/{name}"][name] for name in ("pages-password", "counters-password")}
    assert len(values) == 2, "one that leaks opens one door"


def test_a_composed_value_holds_the_value_of_its_part() -> None:
    secrets = generated(planned()).secrets
    password = secrets["shop-core/orders-password"]["orders-password"]
    assert secrets["shop-core/orders-url"] == {"url": f"postgresql://shop:{password}@orders-db:5432"}, (
        "a connection string with another password would not connect"
    )


def test_a_users_file_holds_a_hash_of_its_password() -> None:
    witness = generated(planned())
    users = witness.secrets["shop-frontend/watchers"]["users"]
    assert users.startswith("watcher:"), "user and hash, as Traefik reads them"
    dependencies = next(one for one in witness.recorded if one.name == "shop-frontend/watchers").dependencies
    assert any(urn.endswith("::watchers-password/watchers-password") for urn in dependencies), "of this password"


def test_a_generated_value_has_its_declared_length() -> None:
    random = {one.name: one.inputs for one in generated(planned()).recorded if "RandomPassword" in one.type}
    assert random["events-password/events-password"]["length"] == 20, "as declared"
    assert random["orders-password/orders-password"]["length"] == 32, "else long enough not to be guessed"
    assert not [name for name, inputs in random.items() if inputs["special"]], "a connection string stays readable"


def test_a_value_is_made_once_however_often_it_is_used() -> None:
    names = [one.name for one in generated(planned()).recorded if "RandomPassword" in one.type]
    assert len(names) == len(set(names)), "two values of one name would differ"
    assert "orders-url/url" not in names, "a composed value is no new one"


def test_a_generated_secret_lists_the_workloads_that_mount_it() -> None:
    found = {one.name: one.inputs for one in generated(planned()).recorded}
    annotations = found["shop-database/session-password"]["metadata"]["annotations"]
    assert annotations[CONSUMERS_ANNOTATION] == "session,session-sentinel", "who must be rolled when it changes"


def test_dev_asks_no_vault() -> None:
    found = {one.type.rpartition(":")[2] for one in generated(planned("dev")).recorded}
    assert found == {"Secrets", "RandomPassword", "Secret"}, "a laptop has no vault"


def test_prod_generates_no_value_at_all() -> None:
    found = {one.type.rpartition(":")[2] for one in generated(planned("prod")).recorded}
    assert found == {"Secrets", "ServiceAccount", "SecretStore", "ExternalSecret"}, "the vault has all of it"


def test_every_namespace_has_a_store_and_an_account_of_its_own() -> None:
    objects = list(Secrets.manifests(planned("prod")))
    for kind in ("SecretStore", "ServiceAccount"):
        places = [m["metadata"]["namespace"] for m in objects if m["kind"] == kind]
        assert places == ["shop-core", "shop-database", "shop-frontend", "shop-platform"], f"{kind}: one a segment"
    assert "ClusterSecretStore" not in kinds(objects), "it would cross segments"


def test_a_database_of_the_operators_has_a_store_of_its_own() -> None:
    system = without("jobs", "poolers", "caches", "objectStores", "externalDatabases", "services", "edge", "brokers")
    system = system.model_copy(update={"databases": {"orders-db": shop().databases["orders-db"]}})
    found = Secrets.manifests(plan(system, environment("prod")))
    assert one(found, "SecretStore")["metadata"]["namespace"] == "shop-database", (
        "its owner's password is read through it"
    )


def test_a_store_logs_in_with_its_namespaces_account() -> None:
    store = next(m for m in Secrets.manifests(planned("prod")) if m["kind"] == "SecretStore")
    vault = store["spec"]["provider"]["vault"]
    assert store["apiVersion"] == "external-secrets.io/v1", "v1beta1 is no longer served"
    assert vault["version"] == "v2", "values have versions"
    assert vault["auth"]["kubernetes"] == {
        "mountPath": "kubernetes",
        "role": "shop",
        "serviceAccountRef": {"name": "vault-auth", "audiences": ["vault"]},
    }, "a token for the vault alone"


def test_an_external_secret_names_the_place_of_each_key() -> None:
    found = external("pictures-access", "shop-database")
    assert found["apiVersion"] == "external-secrets.io/v1", "v1beta1 is no longer served"
    assert found["spec"] == {
        "refreshInterval": "1h",
        "refreshPolicy": "Periodic",
        "secretStoreRef": {"name": "vault-backend", "kind": "SecretStore"},
        "target": {"name": "pictures-access", "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [{"secretKey": "pictures-access", "remoteRef": {"key": "shop/pictures", "property": "access"}}],
    }, "path and property of the vault, and a Secret that outlives an outage of it"


def test_an_external_secret_has_the_file_names_as_keys() -> None:
    [data] = external("orders-url", "shop-core")["spec"]["data"]
    assert data["secretKey"] == "url", "the pod mounts this key"


def test_a_composed_value_is_read_from_the_vault_in_prod() -> None:
    texts = [value for m in Secrets.manifests(planned("prod")) for value in walk(m) if isinstance(value, str)]
    assert not [text for text in texts if "postgresql://" in text], "nothing is composed in the open"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_pod_finds_every_secret_that_it_mounts(stage: str) -> None:
    some = planned(stage)
    recorded = generated(some).recorded
    made = {one.name for one in recorded if one.type.rpartition(":")[2] in ("Secret", "ExternalSecret")}
    for name in ("api", "migrate"):
        process = {**some.system.services, **some.system.jobs}[name]
        wanted = {f"shop-core/{secret}" for secret in process.secrets}
        assert wanted <= made, f"{wanted - made}: the pod would wait for ever"


def test_a_system_without_vault_registers_nothing_in_prod() -> None:
    system = shop().model_copy(update={"vault": None})
    assert list(Secrets.manifests(plan(system, environment("prod")))) == [], "there is no vault to read"

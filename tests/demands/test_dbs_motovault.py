"""motovault's databases and object store, and the migration that runs before the application."""

from typing import Any

import pytest

from tests.demands.rendered import STAGES, container, manifests, named, pod, ports, secret_files, settings, workload
from tests.demands.stores import claim, file_text, server_settings

SYSTEM = "motovault"
DATABASES = {
    "admin-postgres": ("database", "motovaultpro", "postgres", "postgres-password"),
    "platform-postgres": ("platform", "platform", "platform_user", "platform-db-password"),
    "mvp-platform-vehicles-db": ("platform", "vehicles", "mvp_platform_user", "vehicles-db-password"),
}
ROWS = pytest.mark.parametrize(
    "name",
    [
        pytest.param("admin-postgres", marks=pytest.mark.demand("DBS-01")),
        pytest.param("platform-postgres", marks=pytest.mark.demand("DBS-02")),
        pytest.param("mvp-platform-vehicles-db", marks=pytest.mark.demand("DBS-03")),
    ],
)


@ROWS
def test_a_database_of_dev_is_made_for_its_owner(name: str) -> None:
    """X-91: a StatefulSet in dev."""
    segment, database, user, secret = DATABASES[name]
    target = workload(SYSTEM, "dev", name)
    assert (target["kind"], target["metadata"]["name"]) == ("StatefulSet", name), "it is known by the seed's name"
    assert target["metadata"]["namespace"] == f"motovault-{segment}", "in its segment"
    assert claim(SYSTEM, "dev", name) == "1Gi", "on a volume of its own"
    command = container(SYSTEM, "dev", name)["command"]
    assert command[:6] == ["sh", "/scripts/postgresql-start.sh", "5432", database, user, f"/run/secrets/{secret}"], (
        "the script gets database and owner, and the file with the password"
    )
    script = file_text(SYSTEM, "dev", name, "/scripts/postgresql-start.sh")
    assert "port=$1 database=$2 owner=$3 password_file=$4" in script, "in this order"
    assert "CREATE DATABASE %I OWNER %I" in script, "and makes what is missing"
    assert secret_files(SYSTEM, "dev", name) == {secret: secret}, "the password is a read-only file"
    assert server_settings(SYSTEM, "dev", name)["port"] == "5432", "and listens on PostgreSQL's port"
    assert 5432 in ports(container(SYSTEM, "dev", name)), "as in its pod"
    (port,) = [one for one in service("dev", name)["spec"]["ports"] if one["name"] != "metrics"]
    assert port["port"] == 5432, "and as clients call it"


@ROWS
def test_a_database_of_prod_is_made_for_its_owner(name: str) -> None:
    """X-91: a CloudNativePG cluster with persistent volumes in prod, behind a Service of the seed's name."""
    segment, database, user, secret = DATABASES[name]
    stack = manifests(SYSTEM, "prod")
    cluster = named(stack, "Cluster", name)
    assert cluster["metadata"]["namespace"] == f"motovault-{segment}", "in its segment"
    spec = cluster["spec"]
    credentials = f"{name}-owner"
    assert spec["bootstrap"]["initdb"] == {"database": database, "owner": user, "secret": {"name": credentials}}, (
        "the operator makes database and owner"
    )
    assert "port" not in spec["postgresql"]["parameters"], "and serves them on 5432, which it fixes"
    served = {one["serviceTemplate"]["metadata"]["name"]: one["selectorType"]
              for one in spec["managed"]["services"]["additional"]}  # fmt: skip
    assert served == {name: "rw"}, "clients call the primary by the seed's name"
    assert spec["storage"]["size"] == "20Gi", "every server has a volume"
    owner = named(stack, "ExternalSecret", credentials)["spec"]
    assert owner["target"]["template"]["data"]["username"] == user, "the credentials are those of the owner"
    (source,) = owner["data"]
    assert source["remoteRef"]["key"].endswith(f"/{secret}"), "its password is the one that clients mount"


def service(stage: str, name: str) -> dict[str, Any]:
    """The Service of a workload."""
    return named(manifests(SYSTEM, stage), "Service", name)


@STAGES
@pytest.mark.parametrize(
    ("reader", "place", "name"),
    [
        pytest.param("admin-backend", (), "admin-postgres", marks=pytest.mark.demand("DBS-01")),
        pytest.param("mvp-platform-tenants", ("tenants",), "platform-postgres", marks=pytest.mark.demand("DBS-02")),
        pytest.param(
            "mvp-platform-vehicles-api", ("vehicles",), "mvp-platform-vehicles-db", marks=pytest.mark.demand("DBS-03")
        ),
    ],
)
def test_the_application_is_told_of_its_database(stage: str, reader: str, place: tuple[str, ...], name: str) -> None:
    _, database, user, secret = DATABASES[name]
    given = settings(SYSTEM, stage, reader)
    for key in place:
        given = given[key]
    expected = {"host": name, "port": 5432, "name": database, "user": user}
    assert given["database"] == expected, "address, database and user are those of the server"
    assert secret in secret_files(SYSTEM, stage, reader), "and it reads the same password"


@STAGES
@pytest.mark.demand("DBS-04")
def test_the_object_store_serves_objects_console_and_bucket(stage: str) -> None:
    opened = {port["name"]: port["port"] for port in service(stage, "admin-minio")["spec"]["ports"]}
    assert opened["console"] == 9001, "the console"
    assert 9000 in opened.values(), "and the object API"
    assert {9000, 9001} <= ports(container(SYSTEM, stage, "admin-minio")), "both are the pod's"
    command = container(SYSTEM, stage, "admin-minio")["command"]
    assert command[4] == "motovaultpro", "the bucket is there before the first client"
    assert command[5:9] == ["--port", ":9000", "--webui", ":9001"], "the server listens on both"
    assert claim(SYSTEM, stage, "admin-minio") == {"dev": "1Gi", "prod": "50Gi"}[stage], "objects are on a volume"
    given = settings(SYSTEM, stage, "admin-backend")["minio"]
    assert given == {"endpoint": "admin-minio", "port": 9000, "bucket": "motovaultpro"}, "the backend uses them"


@STAGES
@pytest.mark.demand("DBS-05")
def test_migrations_run_once_the_database_answers(stage: str) -> None:
    job = workload(SYSTEM, stage, "admin-migrations")
    assert job["kind"] == "Job", "they run by themselves, with every release"
    spec = pod(SYSTEM, stage, "admin-migrations")
    (main,) = spec["containers"]
    assert main["command"] == ["node", "dist/_system/migrations/run-all.js"], "the seed's command, word for word"
    assert main["image"] == container(SYSTEM, stage, "admin-backend")["image"], "from the backend's own image"
    waits = [one["command"][-1] for one in spec["initContainers"]]
    assert [wait.partition(";")[0] for wait in waits] == ["until nc -z -w 2 admin-postgres 5432"], (
        "nothing starts before the database of the backend accepts connections"
    )
    assert spec["restartPolicy"] == "OnFailure", "a migration that failed is tried again"
    assert secret_files(SYSTEM, stage, "admin-migrations") == {"postgres-password": "postgres-password"}, (
        "it has the database's password and nothing more"
    )

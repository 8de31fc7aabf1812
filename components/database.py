"""Database: PostgreSQL as one pod on a claim of its own, with its owner, its database and its certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi

from components.builders import images, manifests, pods, server_tls, stores
from components.builders.files import claim_template, claimed, fingerprint, scratch, scripts
from components.builders.manifests import Manifest
from components.builders.postgresql import parameters, service_names
from components.builders.scrape import service_monitor
from components.priorities import class_name
from components.site import register
from model import datastores as declared
from model.endpoint import Endpoint
from model.plan import Plan
from model.types import parse_quantity

USER = 999
"""The account `postgres` of the image: initdb refuses a user without a name."""
CLAIM, SOCKET, SETTINGS = "/var/lib/postgresql/data", "/var/run/postgresql", "/etc/postgresql"
SCRIPTS = ("postgresql-ready.sh", "postgresql-start.sh")


class Database(pulumi.ComponentResource):
    """One PostgreSQL server without an operator."""

    def __init__(self, name: str, args: stores.DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:Database", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["database"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, database: declared.Database) -> Iterator[Manifest]:
    """Yield everything that one database consists of."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.labels_of(plan, endpoint, database.resources, database.labels)
    files = {"postgresql.conf": settings(plan, database), "pg_hba.conf": access(database)}
    maps = [
        stores.scripts_map(endpoint, SCRIPTS, labels),
        stores.settings_map(endpoint, files, labels),
    ]
    yield manifests.service_account(endpoint, labels)
    yield from maps
    if database.tls:
        yield server_tls.certificate(plan, endpoint, service_names(name, database))
    yield manifests.service(endpoint, labels)
    if database.read_only_service is not None:
        # One pod answers to both names; without the selector labels a monitor scrapes it once.
        rest = stores.without_selector(endpoint, labels)
        ports = {database.port: endpoint.listeners[0]}
        yield manifests.service(endpoint, rest, name=database.read_only_service, ports=ports)
    yield stores.stateful_set(plan, pod(plan, endpoint, database, labels, maps), database.storage)
    yield service_monitor(plan, endpoint, labels)


def settings(plan: Plan, database: declared.Database) -> str:
    """Return postgresql.conf."""
    values = {
        "listen_addresses": "*",
        "port": str(database.port),
        "unix_socket_directories": SOCKET,
        "shared_preload_libraries": "pg_stat_statements",
        "max_wal_size": write_ahead_log(plan, database),
        **parameters(plan, database),
    }
    if database.tls:
        values |= {"ssl": "on", "ssl_cert_file": server_tls.CERTIFICATE, "ssl_key_file": server_tls.KEY}
    return "".join(f"{key} = '{_quoted(value)}'\n" for key, value in values.items())


def write_ahead_log(plan: Plan, database: declared.Database) -> str:
    """Return how far the write-ahead log may grow: PostgreSQL's own 1 GB, or a quarter of a claim that is small."""
    claim = claim_template(plan, database.storage)["spec"]["resources"]["requests"]["storage"]
    return f"{min(1024, int(parse_quantity(claim) / 2**20) // 4)}MB"


def access(database: declared.Database) -> str:
    """Return pg_hba.conf: the pod's own user on the socket, everybody else by password."""
    transport = "hostssl" if database.tls else "host"
    return f"local all postgres peer\n{transport} all all all scram-sha-256\n"


def pod(
    plan: Plan, endpoint: Endpoint, database: declared.Database, labels: Mapping[str, str], maps: list[Manifest]
) -> pods.Pod:
    """Return the server's pod and, beside it, its exporter."""
    password = stores.password_mount(plan, database.password)
    mounts = [
        claimed(CLAIM),
        scripts(f"{manifests.name_of(endpoint)}-scripts"),
        stores.settings_mount(endpoint, SETTINGS),
        password,
        scratch("socket", SOCKET),
        scratch("tmp", "/tmp"),
    ]
    if database.tls:
        mounts.append(server_tls.mount(endpoint))
    return pods.Pod(
        endpoint,
        labels,
        [server(plan, endpoint, database, mounts), exporter(plan, endpoint, database, password)],
        mounts=mounts,
        user=USER,
        priority=class_name(plan, stores.LEVEL),
        grace=60,
        annotations={"quadrant.dev/config": fingerprint(stores.texts_of(maps))},
    )


def server(plan: Plan, endpoint: Endpoint, database: declared.Database, mounts: list[pods.Mount]) -> Manifest:
    """Return the server's container."""
    owner = [database.database, database.user]
    answers = pods.exec_probe("sh", "/scripts/postgresql-ready.sh", str(database.port), *owner)
    container = pods.container(
        manifests.name_of(endpoint),
        images.image_of(plan, endpoint, images.POSTGRESQL),
        pods.sized(plan, pods.limits_of(plan, database.resources), store=True),
        command=["sh", "/scripts/postgresql-start.sh", *owner, stores.password_file(plan, database.password)],
        endpoint=endpoint,
        ports=["postgresql"],
        probes=pods.probes(plan, answers, answers, answers),
        mounts=mounts,
    )
    # SIGINT ends sessions and stops at once; the kubelet's SIGTERM would wait for the clients to leave.
    stop = {"preStop": {"exec": {"command": ["sh", "-c", "kill -INT 1"]}}}
    return container | {"lifecycle": stop}


def exporter(plan: Plan, endpoint: Endpoint, database: declared.Database, password: pods.Mount) -> Manifest:
    """Return the exporter; it connects as the owner, who may read all statistics."""
    mode = "require" if database.tls else "disable"
    variables = {
        "DATA_SOURCE_URI": f"127.0.0.1:{database.port}/{database.database}?sslmode={mode}",
        "DATA_SOURCE_USER": database.user,
        "DATA_SOURCE_PASS_FILE": stores.password_file(plan, database.password),
    }
    return stores.exporter(
        plan, endpoint, images.POSTGRESQL_EXPORTER, ["/bin/postgres_exporter"], env=variables, mounts=[password]
    )


def _quoted(value: str) -> str:
    return value.replace("'", "''")

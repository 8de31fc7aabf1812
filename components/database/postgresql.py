"""Database: PostgreSQL as one pod on a claim of its own, with its owner, its database and its certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi

from quadrant_platform.components.base.component import register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import service_monitor
from quadrant_platform.components.builders.volumes import claim_template, claimed, fingerprint, scratch, scripts
from quadrant_platform.components.credentials import server_tls
from quadrant_platform.components.database.postgresql_settings import parameters, service_names
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import datastores as declared
from quadrant_platform.model.schema.types import parse_quantity

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


def objects(plan: Plan, name: str, database: declared.DatabaseSpec) -> Iterator[Manifest]:
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


def settings(plan: Plan, database: declared.DatabaseSpec) -> str:
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


def write_ahead_log(plan: Plan, database: declared.DatabaseSpec) -> str:
    """Return how far the write-ahead log may grow: PostgreSQL's own 1 GB, or a quarter of a claim that is small."""
    claim = claim_template(plan, database.storage)["spec"]["resources"]["requests"]["storage"]
    return f"{min(1024, int(parse_quantity(claim) / 2**20) // 4)}MB"


def access(database: declared.DatabaseSpec) -> str:
    """Return pg_hba.conf: the pod's own user on the socket, everybody else by password."""
    transport = "hostssl" if database.tls else "host"
    return f"local all postgres peer\n{transport} all all all scram-sha-256\n"


def pod(
    plan: Plan, endpoint: Endpoint, database: declared.DatabaseSpec, labels: Mapping[str, str], maps: list[Manifest]
) -> pod_template.PodTemplate:
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
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [server(plan, endpoint, database, mounts), exporter(plan, endpoint, database, password)],
        mounts=mounts,
        user=USER,
        priority=class_name(plan, stores.LEVEL),
        grace=60,
        annotations={"quadrant.dev/config": fingerprint(stores.texts_of(maps))},
    )


def server(
    plan: Plan, endpoint: Endpoint, database: declared.DatabaseSpec, mounts: list[pod_template.Mount]
) -> Manifest:
    """Return the server's container."""
    owner = [database.database, database.user]
    answers = pod_template.exec_probe("sh", "/scripts/postgresql-ready.sh", str(database.port), *owner)
    container = pod_template.container(
        manifests.name_of(endpoint),
        engine_images.image_of(plan, endpoint, engine_images.POSTGRESQL),
        pod_template.sized(plan, pod_template.limits_of(plan, database.resources), store=True),
        command=["sh", "/scripts/postgresql-start.sh", *owner, stores.password_file(plan, database.password)],
        endpoint=endpoint,
        ports=["postgresql"],
        probes=pod_template.probes(plan, answers, answers, answers),
        mounts=mounts,
    )
    # SIGINT ends sessions and stops at once; the kubelet's SIGTERM would wait for the clients to leave.
    stop = {"preStop": {"exec": {"command": ["sh", "-c", "kill -INT 1"]}}}
    return container | {"lifecycle": stop}


def exporter(plan: Plan, endpoint: Endpoint, database: declared.DatabaseSpec, password: pod_template.Mount) -> Manifest:
    """Return the exporter; it connects as the owner, who may read all statistics."""
    mode = "require" if database.tls else "disable"
    variables = {
        "DATA_SOURCE_URI": f"127.0.0.1:{database.port}/{database.database}?sslmode={mode}",
        "DATA_SOURCE_USER": database.user,
        "DATA_SOURCE_PASS_FILE": stores.password_file(plan, database.password),
    }
    return stores.exporter(
        plan, endpoint, engine_images.POSTGRESQL_EXPORTER, ["/bin/postgres_exporter"], env=variables, mounts=[password]
    )


def _quoted(value: str) -> str:
    return value.replace("'", "''")

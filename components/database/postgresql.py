"""Database: PostgreSQL as one pod on a claim of its own, with its owner, its database and its certificate."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.containers import RECOVERY, exec_probe
from quadrant_platform.components.builders.engine_images import POSTGRESQL, POSTGRESQL_EXPORTER
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import (
    Mount,
    claimed,
    memory,
    scratch,
    scripts,
    secret_mount,
    settings,
)
from quadrant_platform.components.builders.workload import Workload, texts_of
from quadrant_platform.components.credentials import server_tls
from quadrant_platform.model.expansion.planned import PlannedDatabase, Server
from quadrant_platform.model.schema.datastores import DatabaseSpec

USER = 999
"""The account `postgres` of the image: initdb refuses a user without a name."""
CLAIM, SOCKET, SETTINGS = "/var/lib/postgresql/data", "/var/run/postgresql", "/etc/postgresql"
AUDIT = {"log_connections": "on", "log_disconnections": "on", "log_statement": "ddl"}
STATEMENTS = {"pg_stat_statements.max": "10000", "pg_stat_statements.track": "all"}
SCRIPTS = ("follow.sh", "postgresql-credentials.sh", "postgresql-ready.sh", "postgresql-start.sh")
EXPORTER = "quadrant_exporter"
"""The exporter's role, without a password: on the socket, the server asks the kernel for the client's user."""
IDENTITIES = f"exporter postgres {EXPORTER}\n"


class Database(Component[PlannedDatabase, Server]):
    """One PostgreSQL server without an operator."""

    token = "data:Database"

    @staticmethod
    def manifests(inputs: PlannedDatabase) -> Iterator[Manifest]:
        """Yield everything that one database consists of."""
        w, spec = Workload(inputs), inputs.spec
        files = {"postgresql.conf": _postgresql_conf(inputs), "pg_hba.conf": access(spec), "pg_ident.conf": IDENTITIES}
        maps = [w.scripts(*SCRIPTS), w.config_map("settings", files)]
        yield w.account()
        yield from maps
        if spec.tls:
            yield server_tls.certificate(w, inputs.services)
        yield w.service()
        if spec.read_only_service is not None:
            # One pod answers to both names; without the selector labels a monitor scrapes it once.
            yield w.service(spec.read_only_service, {spec.port: w.ports["postgresql"]}, labels=w.other_labels)
        yield from w.stateful_set(pod(w, inputs, texts_of(maps)), {"data": spec.storage})
        yield w.service_monitor()

    @staticmethod
    def results(inputs: PlannedDatabase) -> Server:
        """Return what a client needs to log in."""
        return inputs.server


def _postgresql_conf(database: PlannedDatabase) -> str:
    values = {
        "listen_addresses": "*",
        "port": str(database.spec.port),
        "unix_socket_directories": SOCKET,
        "shared_preload_libraries": "pg_stat_statements",
        "max_wal_size": write_ahead_log(database),
        **parameters(database),
    }
    if database.spec.tls:
        values |= {"ssl": "on", "ssl_cert_file": server_tls.CERTIFICATE, "ssl_key_file": server_tls.KEY}
    return "".join(f"{key} = '{_quoted(value)}'\n" for key, value in values.items())


def parameters(database: PlannedDatabase) -> dict[str, str]:
    """Return the settings that an operator's cluster has too; declared ones override ours."""
    memory = database.limits.memory.mebibytes
    return {
        "max_connections": str(database.spec.max_connections),
        "password_encryption": "scram-sha-256",
        # A quarter of the memory for PostgreSQL's own cache; it expects the kernel to cache as much again.
        "shared_buffers": f"{round(memory / 4)}MB",
        "effective_cache_size": f"{round(memory / 2)}MB",
        **STATEMENTS,
        **(AUDIT if database.spec.audit else {}),
        **database.spec.parameters,
    }


def write_ahead_log(database: PlannedDatabase) -> str:
    """Return how far the write-ahead log may grow: PostgreSQL's own 1 GB, or a quarter of a claim that is small."""
    return f"{min(1024, int(database.claim(database.spec.storage).mebibytes) // 4)}MB"


def access(spec: DatabaseSpec) -> str:
    """Return pg_hba.conf: the pod's own user and exporter on the socket, all others by password."""
    transport = "hostssl" if spec.tls else "host"
    local = f"local all postgres peer\nlocal all {EXPORTER} peer map=exporter\n"
    return f"{local}{transport} all all all scram-sha-256\n"


def pod(w: Workload, database: PlannedDatabase, texts: list[str]) -> Manifest:
    """Return the server's pod and, beside it, its exporter."""
    socket = scratch("socket", SOCKET)
    mounts = [
        claimed(CLAIM),
        scripts(f"{w.name}-scripts"),
        settings(f"{w.name}-settings", SETTINGS),
        secret_mount(database.secrets),
        socket,
        scratch("tmp", "/tmp"),
        # Workers of one query share memory in files; a runtime's own directory has 64 MiB.
        memory("shared", "/dev/shm", f"{int(database.limits.memory.mebibytes) // 4}Mi"),
    ]
    if database.spec.tls:
        mounts.append(server_tls.mount(w.name))
    containers = _server_container(w, database, mounts), exporter(w, database, socket)
    return w.pod(*containers, mounts=mounts, user=USER, grace=60, texts=texts)


def _server_container(w: Workload, database: PlannedDatabase, mounts: list[Mount]) -> Manifest:
    spec = database.spec
    owner = [str(spec.port), spec.database, spec.user]
    followed = [database.secrets[0].path, *([server_tls.CERTIFICATE] if spec.tls else [])]
    container = w.container(
        POSTGRESQL,
        command=["sh", "/scripts/postgresql-start.sh", *owner, *followed],
        ports=[w.ports["postgresql"]],
        probes=w.probes(exec_probe("sh", "/scripts/postgresql-ready.sh", *owner), starts=RECOVERY),
        mounts=mounts,
    )
    # SIGINT ends sessions and stops at once; the kubelet's SIGTERM would wait for the clients to leave.
    stop = {"preStop": {"exec": {"command": ["sh", "-c", "kill -INT 1"]}}}
    return container | {"lifecycle": stop}


def exporter(w: Workload, database: PlannedDatabase, socket: Mount) -> Manifest:
    """Return the exporter; it connects by the server's socket, as a role that may read all statistics."""
    spec = database.spec
    address = f"host={SOCKET} port={spec.port} user={EXPORTER} dbname={spec.database} sslmode=disable"
    command = ["/bin/postgres_exporter"]
    return w.exporter(POSTGRESQL_EXPORTER, command=command, env={"DATA_SOURCE_NAME": address}, mounts=[socket])


def _quoted(value: str) -> str:
    return value.replace("'", "''")

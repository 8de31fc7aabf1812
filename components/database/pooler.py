"""Pooler: PgBouncer, which shares a few server connections among many clients."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.containers import drained, tcp_probe
from quadrant_platform.components.builders.engine_images import PGBOUNCER, PGBOUNCER_EXPORTER
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import Mount, scratch, scripts, secret_mount, settings
from quadrant_platform.components.builders.workload import Workload, texts_of
from quadrant_platform.components.credentials import server_tls
from quadrant_platform.model.expansion.planned import Planned, Server
from quadrant_platform.model.schema.datastores import PoolerSpec

RUN, SETTINGS = "/run/pgbouncer", "/etc/pgbouncer"
SCRIPTS = ("follow.sh", "pgbouncer-files.sh", "pgbouncer-start.sh", "pgbouncer-users.sh")
EXPORTER = "quadrant_exporter"
"""The exporter's user, whose password is made in each pod and never changes."""
SPARE_FILES = 64
"""Files beside connections: the programs' own, and the exporter's connections."""


class PoolerInputs(NamedTuple):
    """A pooler, and the server behind it."""

    pooler: Planned[PoolerSpec]
    server: Server


class Pooler(Component[PoolerInputs, Server]):
    """One PgBouncer without an operator."""

    token = "data:Pooler"

    @staticmethod
    def manifests(inputs: PoolerInputs) -> Iterator[Manifest]:
        """Yield everything that one pooler consists of."""
        pooler, server = inputs
        w = Workload(pooler)
        maps = [w.scripts(*SCRIPTS), w.config_map("settings", {"pgbouncer.ini": _pgbouncer_ini(w, inputs)})]
        yield w.account()
        yield from maps
        if server.tls:
            yield server_tls.certificate(w, [w.name])
        yield w.service()
        # Old and new instance together would exceed the connections that the server has for them.
        rolling = {"maxSurge": 0, "maxUnavailable": 1}
        yield w.deployment(pod(w, inputs, texts_of(maps)), rolling)
        if pooler.copies > 1:
            yield w.budget()
        yield w.service_monitor()

    @staticmethod
    def results(inputs: PoolerInputs) -> Server:
        """Return what a client needs to log in: the database's credentials, at the pooler's own address."""
        return inputs.server._replace(service=inputs.pooler.name, port=inputs.pooler.spec.port)


def pool(pooler: Planned[PoolerSpec]) -> dict[str, str]:
    """Return one instance's settings: its share of the connections, so that all instances keep to the whole."""
    spec, instances = pooler.spec, pooler.copies
    most = max(spec.default_pool_size // instances, 1)
    return {
        # Rounded up where the others are rounded down: all instances together keep at least the declared number.
        "min_pool_size": str(min(-(-spec.min_pool_size // instances), most)),
        "default_pool_size": str(most),
        "max_db_connections": str(max(spec.max_db_connections // instances, 1)),
        "max_client_conn": str(spec.max_client_connections),
        "max_prepared_statements": str(spec.max_prepared_statements),
        "ignore_startup_parameters": "extra_float_digits",
        # The default of 15 s keeps clients waiting long after the database is back from a restart.
        "server_login_retry": "2",
    }


def _pgbouncer_ini(w: Workload, inputs: PoolerInputs) -> str:
    pooler, server = inputs
    values = {
        "listen_addr": "*",
        "listen_port": str(w.ports["pgbouncer"].number),
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": f"{RUN}/userlist.txt",
        "stats_users": EXPORTER,
        "pool_mode": pooler.spec.mode,
        **pool(pooler),
        **transport(server.tls),
    }
    lines = ["[databases]", f"{server.database} = host={server.service} port={server.port} dbname={server.database}"]
    lines += ["", "[pgbouncer]", *(f"{key} = {value}".rstrip() for key, value in values.items()), ""]
    return "\n".join(lines)


def transport(tls: bool) -> dict[str, str]:
    """Return how connections are encrypted: where the database demands it, the way to its pooler is no gap."""
    if not tls:
        return {"server_tls_sslmode": "prefer"}
    return {
        "client_tls_sslmode": "require",
        # Without one of its own, PgBouncer loads the image's authorities, and does not start where the image has none.
        "client_tls_ca_file": server_tls.AUTHORITY,
        "client_tls_cert_file": server_tls.CERTIFICATE,
        "client_tls_key_file": server_tls.KEY,
        "server_tls_sslmode": "require",
    }


def pod(w: Workload, inputs: PoolerInputs, texts: list[str]) -> Manifest:
    """Return an instance's pod: the exporter's password is made before PgBouncer and exporter start."""
    pooler, server = inputs
    run, config = scratch("run", RUN, "1Mi"), settings(f"{w.name}-settings", SETTINGS)
    shown = [server_tls.mount(w.name)] if server.tls else []
    script, password = scripts(f"{w.name}-scripts"), secret_mount(pooler.secrets)
    command = ["sh", "/scripts/pgbouncer-files.sh"]
    writer = w.sidecar("files", pooler.image(PGBOUNCER), command=command, mounts=[run, script])
    followed = [pooler.secrets[0].path, *([server_tls.CERTIFICATE] if server.tls else [])]
    container = w.container(
        PGBOUNCER,
        command=["sh", "/scripts/pgbouncer-start.sh", str(open_files(pooler.spec)), server.user, *followed],
        ports=[w.ports["pgbouncer"]],
        probes=w.probes(tcp_probe(w.ports["pgbouncer"].number)),
        mounts=[run, config, script, password, *shown],
    )
    mounts = [run, config, script, password, *shown]
    return w.pod(drained(container), exporter(w, server, run), init=[writer], mounts=mounts, texts=texts)


def open_files(spec: PoolerSpec) -> int:
    """Return how many files one instance may have open: each connection is one."""
    return spec.max_client_connections + spec.max_db_connections + SPARE_FILES


def exporter(w: Workload, server: Server, run: Mount) -> Manifest:
    """Return the exporter; its client library, lib/pq, finds the password file by the variable alone."""
    mode = "require" if server.tls else "disable"
    address = f"postgres://{EXPORTER}@127.0.0.1:{w.ports['pgbouncer'].number}/pgbouncer?sslmode={mode}"
    command = ["/bin/pgbouncer_exporter", f"--pgBouncer.connectionString={address}"]
    return w.exporter(PGBOUNCER_EXPORTER, command=command, env={"PGPASSFILE": f"{RUN}/pgpass"}, mounts=[run])

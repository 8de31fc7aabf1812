"""Pooler: PgBouncer, which shares a few server connections among many clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import service_monitor
from quadrant_platform.components.builders.volumes import fingerprint, scratch, scripts
from quadrant_platform.components.credentials import server_tls
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import in_cluster
from quadrant_platform.model.schema import datastores as declared

RUN, SETTINGS = "/run/pgbouncer", "/etc/pgbouncer"
SCRIPTS = ("pgbouncer-files.sh",)


class PoolerArgs(TypedDict):
    """What a pooler is built from."""

    site: BuildContext
    pooler: declared.PoolerSpec


class Pooler(pulumi.ComponentResource):
    """One PgBouncer without an operator."""

    def __init__(self, name: str, args: PoolerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:Pooler", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["pooler"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, pooler: declared.PoolerSpec) -> Iterator[Manifest]:
    """Yield everything that one pooler consists of."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.labels_of(plan, endpoint, pooler.resources, {})
    maps = [
        stores.scripts_map(endpoint, SCRIPTS, labels),
        stores.settings_map(endpoint, {"pgbouncer.ini": settings(plan, endpoint, pooler)}, labels),
    ]
    yield manifests.service_account(endpoint, labels)
    yield from maps
    if encrypted(plan, pooler):
        yield server_tls.certificate(plan, endpoint, [name])
    yield manifests.service(endpoint, labels)
    yield deployment(plan, pod(plan, endpoint, pooler, maps, labels), copies(plan, pooler))
    if copies(plan, pooler) > 1:
        yield manifests.disruption_budget(endpoint, labels)
    yield service_monitor(plan, endpoint, labels)


def copies(plan: Plan, pooler: declared.PoolerSpec) -> int:
    """Return how many instances run."""
    return 1 if plan.environment.copies == "single" else pooler.instances


def encrypted(plan: Plan, pooler: declared.PoolerSpec) -> bool:
    """Tell whether clients must use TLS: where the database demands it, the way to its pooler is no gap."""
    return in_cluster(plan.system, plan.environment)[pooler.database].tls


def pool(plan: Plan, pooler: declared.PoolerSpec) -> dict[str, str]:
    """Return one instance's settings: its share of the connections, so that all instances keep to the whole."""
    instances = copies(plan, pooler)
    most = max(pooler.default_pool_size // instances, 1)
    return {
        # Rounded up where the others are rounded down: all instances together keep at least the declared number.
        "min_pool_size": str(min(-(-pooler.min_pool_size // instances), most)),
        "default_pool_size": str(most),
        "max_db_connections": str(max(pooler.max_db_connections // instances, 1)),
        "max_client_conn": str(pooler.max_client_connections),
        "max_prepared_statements": str(pooler.max_prepared_statements),
        "ignore_startup_parameters": "extra_float_digits",
        # The default of 15 s keeps clients waiting long after the database is back from a restart.
        "server_login_retry": "2",
    }


def settings(plan: Plan, endpoint: Endpoint, pooler: declared.PoolerSpec) -> str:
    """Return pgbouncer.ini."""
    database = in_cluster(plan.system, plan.environment)[pooler.database]
    server = plan.topology.endpoints[pooler.database].listeners[0].number
    values = {
        "listen_addr": "*",
        "listen_port": str(endpoint.listeners[0].number),
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": f"{RUN}/userlist.txt",
        "stats_users": database.user,
        "pool_mode": pooler.mode,
        **pool(plan, pooler),
        **transport(plan, pooler),
    }
    lines = ["[databases]", f"{database.database} = host={pooler.database} port={server} dbname={database.database}"]
    lines += ["", "[pgbouncer]", *(f"{key} = {value}".rstrip() for key, value in values.items()), ""]
    return "\n".join(lines)


def transport(plan: Plan, pooler: declared.PoolerSpec) -> dict[str, str]:
    """Return how connections are encrypted, those of clients and those to the server."""
    if not encrypted(plan, pooler):
        return {"server_tls_sslmode": "prefer"}
    return {
        "client_tls_sslmode": "require",
        # Without one of its own, PgBouncer loads the image's authorities, and does not start where there are none.
        "client_tls_ca_file": server_tls.AUTHORITY,
        "client_tls_cert_file": server_tls.CERTIFICATE,
        "client_tls_key_file": server_tls.KEY,
        "server_tls_sslmode": "require",
    }


def deployment(plan: Plan, pod: pod_template.PodTemplate, replicas: int) -> Manifest:
    """Return the Deployment around the pod."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": manifests.metadata(pod.endpoint.namespace, manifests.name_of(pod.endpoint), pod.labels),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": dict(pod.endpoint.labels)},
            # Old and new instance together would exceed the connections that the server has for them.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
            "revisionHistoryLimit": 5,
            "template": pod_template.template(plan, pod),
        },
    }


def pod(
    plan: Plan, endpoint: Endpoint, pooler: declared.PoolerSpec, maps: list[Manifest], labels: Mapping[str, str]
) -> pod_template.PodTemplate:
    """Return an instance's pod: the files with the password are written before PgBouncer and exporter start."""
    database = in_cluster(plan.system, plan.environment)[pooler.database]
    image = engine_images.image_of(plan, endpoint, engine_images.PGBOUNCER)
    run, config = scratch("run", RUN, "1Mi"), stores.settings_mount(endpoint, SETTINGS)
    shown = [server_tls.mount(endpoint)] if encrypted(plan, pooler) else []
    script = scripts(f"{manifests.name_of(endpoint)}-scripts")
    password = stores.password_mount(plan, database.password)
    owner = [database.user, stores.password_file(plan, database.password)]
    writer = pod_template.container(
        "files",
        image,
        pod_template.sized(plan, pod_template.HELPER, store=True),
        command=["sh", "/scripts/pgbouncer-files.sh", *owner],
        mounts=[run, script, password],
    )
    answers = pod_template.tcp_probe(endpoint.listeners[0].number)
    server = pod_template.container(
        manifests.name_of(endpoint),
        image,
        pod_template.sized(plan, pod_template.limits_of(plan, pooler.resources), store=True),
        command=["pgbouncer", f"{SETTINGS}/pgbouncer.ini"],
        endpoint=endpoint,
        ports=["pgbouncer"],
        probes=pod_template.probes(plan, answers, answers, answers),
        mounts=[run, config, *shown],
    )
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [server, exporter(plan, endpoint, pooler, run)],
        init=[writer],
        mounts=[run, config, script, password, *shown],
        priority=class_name(plan, stores.LEVEL),
        annotations={"quadrant.dev/config": fingerprint(stores.texts_of(maps))},
    )


def exporter(plan: Plan, endpoint: Endpoint, pooler: declared.PoolerSpec, run: pod_template.Mount) -> Manifest:
    """Return the exporter; its client library, lib/pq, knows the password file by the variable alone."""
    user, port = in_cluster(plan.system, plan.environment)[pooler.database].user, endpoint.listeners[0].number
    mode = "require" if encrypted(plan, pooler) else "disable"
    address = f"postgres://{user}@127.0.0.1:{port}/pgbouncer?sslmode={mode}"
    command = ["/bin/pgbouncer_exporter", f"--pgBouncer.connectionString={address}"]
    variables = {"PGPASSFILE": f"{RUN}/pgpass"}
    return stores.exporter(plan, endpoint, engine_images.PGBOUNCER_EXPORTER, command, env=variables, mounts=[run])

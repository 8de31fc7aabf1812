"""ClickHouse: one server on a claim of its own, configured by files, with one user and one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi
import yaml

from quadrant_platform.components.base.component import register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import service_monitor
from quadrant_platform.components.builders.volumes import claimed, fingerprint, scratch, scripts
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import CLICKHOUSE_METRICS_PORT
from quadrant_platform.model.schema import datastores as declared

CLAIM, SETTINGS, RUN = "/var/lib/clickhouse", "/etc/clickhouse", "/run/clickhouse"
DATA = f"{CLAIM}/server"
SCRIPTS = ("clickhouse-start.sh",)
LEVELS = {"ERROR": "error", "WARN": "warning", "INFO": "information", "DEBUG": "debug"}


class ClickHouse(pulumi.ComponentResource):
    """One ClickHouse server."""

    def __init__(self, name: str, args: stores.DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:ClickHouse", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["database"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, database: declared.DatabaseSpec) -> Iterator[Manifest]:
    """Yield everything that one server consists of."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.labels_of(plan, endpoint, database.resources, database.labels)
    maps = [
        stores.scripts_map(endpoint, SCRIPTS, labels),
        stores.settings_map(endpoint, files(plan, database), labels),
    ]
    yield manifests.service_account(endpoint, labels)
    yield from maps
    yield manifests.service(endpoint, labels)
    yield stores.stateful_set(plan, pod(plan, endpoint, database, labels, maps), database.storage)
    yield service_monitor(plan, endpoint, labels)


def files(plan: Plan, database: declared.DatabaseSpec) -> dict[str, str]:
    """Return the server's own configuration, and the system's, which is merged over it."""
    own = yaml.safe_dump(settings(plan, database), sort_keys=False)
    return {"config.yaml": own} | ({"settings.yaml": database.settings} if database.settings else {})


def settings(plan: Plan, database: declared.DatabaseSpec) -> Manifest:
    """Return the configuration that a system need not know."""
    return {
        "logger": {"level": LEVELS[plan.environment.log_level], "console": True},
        "listen_host": "0.0.0.0",
        "tcp_port": database.port,
        "http_port": database.http_port,
        "path": f"{DATA}/",
        "tmp_path": f"{DATA}/tmp/",
        "user_files_path": f"{DATA}/user_files/",
        "format_schema_path": f"{DATA}/format_schemas/",
        "user_directories": {"users_xml": {"path": f"{RUN}/users.yaml"}},
        "default_profile": "default",
        "default_database": "default",
        "prometheus": {
            "endpoint": "/metrics",
            "port": CLICKHOUSE_METRICS_PORT,
            "metrics": True,
            "events": True,
            "asynchronous_metrics": True,
        },
        "startup_scripts": {"scripts": {"query": f"CREATE DATABASE IF NOT EXISTS `{database.database}`"}},
    }


def pod(
    plan: Plan, endpoint: Endpoint, database: declared.DatabaseSpec, labels: Mapping[str, str], maps: list[Manifest]
) -> pod_template.PodTemplate:
    """Return the server's pod; it exports its metrics itself."""
    name = manifests.name_of(endpoint)
    places = {"config.yaml": "config.yaml"}
    if database.settings:
        # Next to config.yaml, this directory is where the server looks for files to merge.
        places["settings.yaml"] = "config.d/settings.yaml"
    mounts = [
        claimed(CLAIM),
        scripts(f"{name}-scripts"),
        stores.settings_mount(endpoint, SETTINGS, places),
        stores.password_mount(plan, database.password),
        scratch("run", RUN, "1Mi"),
        scratch("tmp", "/tmp", "256Mi"),
    ]
    answers = pod_template.http_probe("/ping", endpoint.probed[0].number)
    secret = stores.password_file(plan, database.password)
    container = pod_template.container(
        name,
        engine_images.image_of(plan, endpoint, engine_images.CLICKHOUSE),
        pod_template.sized(plan, pod_template.limits_of(plan, database.resources), store=True),
        command=["sh", "/scripts/clickhouse-start.sh", database.user, secret],
        endpoint=endpoint,
        probes=pod_template.probes(plan, answers, answers, answers, starts=pod_template.RECOVERY),
        mounts=mounts,
    )
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [container],
        mounts=mounts,
        priority=class_name(plan, stores.LEVEL),
        grace=60,
        annotations={"quadrant.dev/config": fingerprint(stores.texts_of(maps))},
    )

"""ClickHouse: one server on a claim of its own, configured by files, with one user and one database."""

from collections.abc import Iterator

import yaml

from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.containers import RECOVERY, http_probe
from quadrant_platform.components.builders.engine_images import CLICKHOUSE
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import claimed, scratch, scripts, secret_mount, settings
from quadrant_platform.components.builders.workload import Workload, texts_of
from quadrant_platform.model.expansion.planned import PlannedDatabase, Server
from quadrant_platform.model.expansion.workloads import CLICKHOUSE_METRICS_PORT

CLAIM, SETTINGS, RUN = "/var/lib/clickhouse", "/etc/clickhouse", "/run/clickhouse"
DATA = f"{CLAIM}/server"
SCRIPTS = ("clickhouse-start.sh", "clickhouse-users.sh", "follow.sh")
LEVELS = {"ERROR": "error", "WARN": "warning", "INFO": "information", "DEBUG": "debug"}


class ClickHouse(Component[PlannedDatabase, Server]):
    """One ClickHouse server."""

    token = "data:ClickHouse"

    @staticmethod
    def manifests(inputs: PlannedDatabase) -> Iterator[Manifest]:
        """Yield everything that one server consists of."""
        w = Workload(inputs)
        maps = [w.scripts(*SCRIPTS), w.config_map("settings", files(inputs))]
        yield w.account()
        yield from maps
        yield w.service()
        yield from w.stateful_set(pod(w, inputs, texts_of(maps)), {"data": inputs.spec.storage})
        yield w.service_monitor()

    @staticmethod
    def results(inputs: PlannedDatabase) -> Server:
        """Return what a client needs to log in."""
        return inputs.server


def files(database: PlannedDatabase) -> dict[str, str]:
    """Return the server's own configuration, and the system's, which is merged over it."""
    own = yaml.safe_dump(config(database), sort_keys=False)
    return {"config.yaml": own} | ({"settings.yaml": database.spec.settings} if database.spec.settings else {})


def config(database: PlannedDatabase) -> Manifest:
    """Return the configuration that no system has to declare."""
    return {
        "logger": {"level": LEVELS[database.settings.log_level], "console": True},
        # Both families; on a cluster of one, or where the first takes both, the other fails without harm.
        "listen_host": ["::", "0.0.0.0"],
        "listen_try": True,
        "tcp_port": database.spec.port,
        "http_port": database.spec.http_port,
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
        "startup_scripts": {"scripts": {"query": f"CREATE DATABASE IF NOT EXISTS `{database.spec.database}`"}},
    }


def pod(w: Workload, database: PlannedDatabase, texts: list[str]) -> Manifest:
    """Return the server's pod; it exports its metrics itself."""
    places = {"config.yaml": "config.yaml"}
    if database.spec.settings:
        # Next to config.yaml, this directory is where the server looks for files to merge.
        places["settings.yaml"] = "config.d/settings.yaml"
    mounts = [
        claimed(CLAIM),
        scripts(f"{w.name}-scripts"),
        settings(f"{w.name}-settings", SETTINGS, places),
        secret_mount(database.secrets),
        scratch("run", RUN, "1Mi"),
        scratch("tmp", "/tmp", "256Mi"),
    ]
    container = w.container(
        CLICKHOUSE,
        command=["sh", "/scripts/clickhouse-start.sh", database.spec.user, database.secrets[0].path],
        probes=w.probes(http_probe("/ping", database.endpoint.probed[0].number), starts=RECOVERY),
        mounts=mounts,
    )
    return w.pod(container, mounts=mounts, grace=60, texts=texts)

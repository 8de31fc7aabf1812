"""Sentinel: three watchers that agree on a cache's master, and make another one when it fails."""

from collections.abc import Iterator
from typing import Any

from quadrant_platform.components.base.component import Component, Names
from quadrant_platform.components.builders.containers import exec_probe
from quadrant_platform.components.builders.engine_images import REDIS
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import claimed, scratch, scripts, secret_mount, settings
from quadrant_platform.components.builders.workload import Workload, texts_of
from quadrant_platform.model.expansion.planned import PlannedCache
from quadrant_platform.model.expansion.workloads import SENTINEL_MEMBERS, SENTINEL_PORT
from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.model.schema.service import HELPER

SETTINGS, DATA, RUN = "/etc/redis", "/data", "/run/redis"
SCRIPTS = ("redis-follow.sh", "redis-passwords.sh", "redis-probe.sh", "sentinel-start.sh")
STORAGE = Bytes.parse("256Mi")
"""A Sentinel's memory is one small file."""
QUORUM = SENTINEL_MEMBERS // 2 + 1


class Sentinel(Component[PlannedCache, Names]):
    """The Sentinels of the cache of this name."""

    token = "data:Sentinel"

    @staticmethod
    def manifests(inputs: PlannedCache) -> Iterator[Manifest]:
        """Yield the Sentinels of one cache."""
        if inputs.sentinel is None:
            return
        w = Workload(inputs.sentinel)
        maps = [w.scripts(*SCRIPTS), w.config_map("settings", {"sentinel.conf": sentinel_conf(inputs.data_name)})]
        yield w.account()
        yield from maps
        yield w.service()
        for member in members(w.data_name):
            yield member_service(w, member, member, publishNotReadyAddresses=True)
        yield from w.stateful_set(pod(w, inputs, texts_of(maps)), {"data": STORAGE}, podManagementPolicy="Parallel")
        yield w.budget()

    @staticmethod
    def results(inputs: PlannedCache) -> Names:
        """Return the Services of the single Sentinels."""
        return Names(members(f"{inputs.data_name}-sentinel"))


def sentinel_conf(master: str) -> str:
    """Return sentinel.conf, but for what a Sentinel learns and for the password."""
    lines = [
        f"port {SENTINEL_PORT}",
        f"dir {DATA}",
        # Names outlive the pods' addresses.
        "sentinel resolve-hostnames yes",
        "sentinel announce-hostnames yes",
    ]
    values = {"down-after-milliseconds": 3000, "failover-timeout": 10000, "parallel-syncs": 1}
    return "\n".join([*lines, *(f"sentinel {key} {master} {value}" for key, value in values.items()), ""])


def pod(w: Workload, cache: PlannedCache, texts: list[str]) -> Manifest:
    """Return a Sentinel's pod."""
    secret = cache.secrets[0].path
    mounts = [
        claimed(DATA),
        scratch("run", RUN, "1Mi"),
        scripts(f"{w.name}-scripts"),
        settings(f"{w.name}-settings", SETTINGS),
        secret_mount(cache.secrets),
    ]
    # The kept state of a Sentinel names its master.
    first = [cache.data_name, f"{cache.stateful_set}-0", str(cache.spec.port), str(QUORUM)]
    servers = [f"{member}:{cache.spec.port}" for member in members(cache.stateful_set)]
    sentinels = [f"{member}:{SENTINEL_PORT}" for member in members(w.data_name)]
    command = ["sh", "/scripts/sentinel-start.sh", str(SENTINEL_PORT), secret, str(cache.overlap), *first]
    container = w.container(
        REDIS,
        limits=HELPER,
        command=[*command, *servers, *sentinels],
        probes=w.probes(exec_probe("sh", "/scripts/redis-probe.sh", "live", str(SENTINEL_PORT))),
        mounts=mounts,
    )
    return w.pod(container, mounts=mounts, texts=texts, affinity=w.apart())


def members(stateful_set: str) -> list[str]:
    """Return the names of the pods under Sentinel, or of the Sentinels."""
    return [f"{stateful_set}-{ordinal}" for ordinal in range(SENTINEL_MEMBERS)]


def member_service(w: Workload, name: str, pod: str, **more: Any) -> Manifest:
    """Return the Service of one copy: a name and an address that outlive the pod."""
    first = next(iter(w.ports.values()))
    return w.service(name, {first.number: first}, labels=w.other_labels, pod=pod, **more)

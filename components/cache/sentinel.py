"""Sentinel: three watchers that agree on a cache's master, and make another one when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi

from quadrant_platform.components.base.component import register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import claimed, fingerprint, scripts
from quadrant_platform.components.cache.members import (
    DATA,
    MEMBERS,
    SETTINGS,
    CacheArgs,
    member_service,
    members,
    set_name,
)
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import datastores as declared
from quadrant_platform.model.schema.service import Sizing

SCRIPTS = ("redis-probe.sh", "sentinel-start.sh")
STORAGE = "256Mi"
"""A Sentinel's memory is one small file."""
QUORUM = MEMBERS // 2 + 1


class Sentinel(pulumi.ComponentResource):
    """The Sentinels of the cache of this name."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:Sentinel", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["cache"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, cache_name: str, cache: declared.CacheSpec) -> Iterator[Manifest]:
    """Yield the Sentinels of one cache."""
    endpoint = plan.topology.endpoints[f"{cache_name}-sentinel"]
    labels = stores.labels_of(plan, endpoint, Sizing(tier=3), cache.labels)
    maps = [
        stores.scripts_map(endpoint, SCRIPTS, labels),
        stores.settings_map(endpoint, {"sentinel.conf": settings(endpoint, cache_name)}, labels),
    ]
    yield manifests.service_account(endpoint, labels)
    yield from maps
    yield manifests.service(endpoint, labels)
    rest = stores.without_selector(endpoint, labels)
    for member in members(manifests.name_of(endpoint)):
        yield member_service(endpoint, rest, member, member, always=True)
    watched = plan.topology.endpoints[cache_name]
    sentinel_pod = pod(plan, endpoint, watched, cache, labels, maps)
    yield stores.stateful_set(plan, sentinel_pod, STORAGE, replicas=MEMBERS, parallel=True)
    yield manifests.disruption_budget(endpoint, labels)


def settings(endpoint: Endpoint, master: str) -> str:
    """Return sentinel.conf, but for what a Sentinel learns and for the password."""
    lines = [
        f"port {endpoint.listeners[0].number}",
        f"dir {DATA}",
        # Names outlive the pods' addresses.
        "sentinel resolve-hostnames yes",
        "sentinel announce-hostnames yes",
    ]
    values = {"down-after-milliseconds": 3000, "failover-timeout": 10000, "parallel-syncs": 1}
    return "\n".join([*lines, *(f"sentinel {key} {master} {value}" for key, value in values.items()), ""])


def pod(
    plan: Plan,
    endpoint: Endpoint,
    watched: Endpoint,
    cache: declared.CacheSpec,
    labels: Mapping[str, str],
    maps: list[Manifest],
) -> pod_template.PodTemplate:
    """Return a Sentinel's pod."""
    name, port = manifests.name_of(endpoint), str(endpoint.listeners[0].number)
    secret = stores.password_file(plan, cache.password)
    mounts = [
        claimed(DATA),
        scripts(f"{name}-scripts"),
        stores.settings_mount(endpoint, SETTINGS),
        stores.password_mount(plan, cache.password),
    ]
    first = [manifests.name_of(watched), f"{set_name(watched, cache)}-0", str(cache.port), str(QUORUM)]
    answers = pod_template.exec_probe("sh", "/scripts/redis-probe.sh", "live", port, secret)
    container = pod_template.container(
        name,
        engine_images.image_of(plan, endpoint, engine_images.REDIS),
        pod_template.sized(plan, pod_template.HELPER, store=True),
        command=["sh", "/scripts/sentinel-start.sh", secret, *first],
        endpoint=endpoint,
        probes=pod_template.probes(plan, answers, answers, answers),
        mounts=mounts,
    )
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [container],
        mounts=mounts,
        priority=class_name(plan, stores.LEVEL),
        annotations={"quadrant.dev/config": fingerprint(stores.texts_of(maps))},
    )

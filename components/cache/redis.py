"""Cache: Redis alone, with read replicas, or as the three servers that Sentinels watch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi

from quadrant_platform.components.base.component import register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import service_monitor
from quadrant_platform.components.builders.volumes import claimed, fingerprint, scratch, scripts
from quadrant_platform.components.cache.members import (
    DATA,
    MEMBERS,
    SETTINGS,
    CacheArgs,
    member_service,
    members,
    set_name,
)
from quadrant_platform.components.cache.sentinel import Sentinel
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import cache_mode
from quadrant_platform.model.schema import datastores as declared
from quadrant_platform.model.schema.types import parse_quantity

RUN = "/run/redis"
SCRIPTS = ("redis-files.sh", "redis-probe.sh", "redis-start.sh", "redis-stop.sh")


class Cache(pulumi.ComponentResource):
    """One cache: its servers, and the Sentinels where it runs under them."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:Cache", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["cache"]):
            register(self, manifest, args["site"])
        if cache_mode(args["site"].plan.environment, args["cache"]) == "sentinel":
            Sentinel(name, args, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def objects(plan: Plan, name: str, cache: declared.CacheSpec) -> Iterator[Manifest]:
    """Yield everything that one cache consists of, but for the Sentinels."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.labels_of(plan, endpoint, cache.resources, cache.labels)
    maps = [
        stores.scripts_map(endpoint, SCRIPTS, labels),
        stores.settings_map(endpoint, {"redis.conf": settings(plan, cache)}, labels),
    ]
    yield manifests.service_account(endpoint, labels)
    yield from maps
    yield from services(plan, endpoint, cache, labels)
    yield stores.stateful_set(
        plan,
        pod(plan, endpoint, cache, labels, maps),
        cache.storage,
        name=set_name(endpoint, cache),
        replicas=copies(plan, cache),
        # In order, the first copy would wait for a master that comes after it.
        parallel=cache_mode(plan.environment, cache) == "sentinel",
    )
    if copies(plan, cache) > 1:
        yield manifests.disruption_budget(endpoint, labels)
    yield service_monitor(plan, endpoint, labels)


def copies(plan: Plan, cache: declared.CacheSpec) -> int:
    """Return how many servers there are."""
    return {"single": 1, "replica": 1 + cache.replicas, "sentinel": MEMBERS}[cache_mode(plan.environment, cache)]


def settings(plan: Plan, cache: declared.CacheSpec) -> str:
    """Return redis.conf, but for the password and the role."""
    values = {
        "port": str(cache.port),
        "dir": DATA,
        "maxmemory": memory_text(cache.max_memory),
        "maxmemory-policy": cache.eviction,
        "appendonly": "yes" if cache.append_only else "no",
        "appendfsync": "everysec",
        "tcp-keepalive": "60",
    }
    if cache_mode(plan.environment, cache) == "sentinel":
        # A master that was cut off still thinks that it is one; without a copy that confirms, it refuses writes.
        values |= {"min-replicas-to-write": "1", "min-replicas-max-lag": "10"}
        # A new master may have to send a copy everything; each second that it waits for others, writers wait too.
        values |= {"repl-diskless-sync-delay": "0"}
    return "".join(f"{key} {value}\n" for key, value in values.items())


def memory_text(size: str) -> str:
    """Write a size in Redis' units, which are binary ones: 2Gi is 2gb."""
    whole = round(parse_quantity(size))
    for unit, factor in (("gb", 2**30), ("mb", 2**20), ("kb", 2**10)):
        if whole % factor == 0:
            return f"{whole // factor}{unit}"
    return str(whole)


def services(
    plan: Plan, endpoint: Endpoint, cache: declared.CacheSpec, labels: Mapping[str, str]
) -> Iterator[Manifest]:
    """Yield the Service of all copies, which is for reading where there are several, and those of single copies."""
    mode = cache_mode(plan.environment, cache)
    rest = stores.without_selector(endpoint, labels)
    name = manifests.name_of(endpoint)
    if mode != "replica":
        yield manifests.service(endpoint, labels)
    else:
        yield manifests.service(endpoint, labels, name=f"{name}-replica")
        yield member_service(endpoint, rest, name, f"{set_name(endpoint, cache)}-0")
    if mode == "sentinel":
        for member in members(set_name(endpoint, cache)):
            yield member_service(endpoint, rest, member, member, always=True)


def sentinel_arguments(endpoint: Endpoint) -> list[str]:
    """Return what the scripts are told of the Sentinels: the master's name, then where they are."""
    name = manifests.name_of(endpoint)
    return [name, *members(f"{name}-sentinel")]


def pod(
    plan: Plan, endpoint: Endpoint, cache: declared.CacheSpec, labels: Mapping[str, str], maps: list[Manifest]
) -> pod_template.PodTemplate:
    """Return a server's pod: the files with the password are written before server and exporter start."""
    run, script = scratch("run", RUN, "1Mi"), scripts(f"{manifests.name_of(endpoint)}-scripts")
    password, config = stores.password_mount(plan, cache.password), stores.settings_mount(endpoint, SETTINGS)
    mounts = [claimed(DATA), run, script, config, password]
    writer = pod_template.container(
        "files",
        engine_images.image_of(plan, endpoint, engine_images.REDIS),
        pod_template.sized(plan, pod_template.HELPER, store=True),
        command=["sh", "/scripts/redis-files.sh", str(cache.port), stores.password_file(plan, cache.password)],
        mounts=[run, script, password],
    )
    address = f"--redis.addr=redis://127.0.0.1:{cache.port}"
    command = ["/redis_exporter", address, f"--redis.password-file={RUN}/exporter.json"]
    exporter = stores.exporter(plan, endpoint, engine_images.REDIS_EXPORTER, command, health="/health", mounts=[run])
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [server(plan, endpoint, cache, mounts), exporter],
        init=[writer],
        mounts=mounts,
        priority=class_name(plan, stores.LEVEL),
        grace=60,
        annotations={"quadrant.dev/config": fingerprint(stores.texts_of(maps))},
    )


def server(plan: Plan, endpoint: Endpoint, cache: declared.CacheSpec, mounts: list[pod_template.Mount]) -> Manifest:
    """Return the server's container."""
    mode = cache_mode(plan.environment, cache)
    name, where = manifests.name_of(endpoint), [str(cache.port), stores.password_file(plan, cache.password)]
    master = f"{set_name(endpoint, cache)}-0" if mode == "sentinel" else name
    watched = sentinel_arguments(endpoint) if mode == "sentinel" else []
    live, ready = (pod_template.exec_probe("sh", "/scripts/redis-probe.sh", word, *where) for word in ("live", "ready"))
    container = pod_template.container(
        name,
        engine_images.image_of(plan, endpoint, engine_images.REDIS),
        pod_template.sized(plan, pod_template.limits_of(plan, cache.resources), store=True),
        command=["sh", "/scripts/redis-start.sh", *where, master, *watched],
        endpoint=endpoint,
        ports=["redis"],
        probes=pod_template.probes(plan, live, ready, live),
        mounts=mounts,
    )
    if not watched:
        return container
    stop = {"exec": {"command": ["sh", "/scripts/redis-stop.sh", *where, *watched]}}
    return container | {"lifecycle": {"preStop": stop}}

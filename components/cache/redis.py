"""Cache: Redis alone, with read replicas, or as the three servers that Sentinels watch."""

from collections.abc import Iterator

import pulumi

from quadrant_platform.components.base.component import Address, Args, BuildContext, Component
from quadrant_platform.components.builders.containers import exec_probe
from quadrant_platform.components.builders.engine_images import REDIS, REDIS_EXPORTER
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import Mount, claimed, scratch, scripts, secret_mount, settings
from quadrant_platform.components.builders.workload import Workload, texts_of
from quadrant_platform.components.cache.sentinel import DATA, RUN, SETTINGS, Sentinel, member_service, members
from quadrant_platform.model.expansion.planned import PlannedCache
from quadrant_platform.model.schema.quantities import Bytes

SCRIPTS = (
    "redis-files.sh",
    "redis-follow.sh",
    "redis-passwords.sh",
    "redis-probe.sh",
    "redis-start.sh",
    "redis-stop.sh",
)


class Cache(Component[PlannedCache, Address]):
    """One cache: its servers, and the Sentinels where it runs under them."""

    token = "data:Cache"

    @staticmethod
    def manifests(inputs: PlannedCache) -> Iterator[Manifest]:
        """Yield everything that one cache consists of, but for the Sentinels."""
        w = Workload(inputs)
        maps = [w.scripts(*SCRIPTS), w.config_map("settings", {"redis.conf": redis_conf(inputs)})]
        yield w.account()
        yield from maps
        yield from services(w, inputs)
        # In order, the first copy would wait for a master that starts after it.
        together = {"podManagementPolicy": "Parallel"} if inputs.mode == "sentinel" else {}
        claims = {"data": inputs.spec.storage}
        yield from w.stateful_set(pod(w, inputs, texts_of(maps)), claims, inputs.stateful_set, **together)
        if inputs.copies > 1:
            yield w.budget()
        yield w.service_monitor()

    @staticmethod
    def results(inputs: PlannedCache) -> Address:
        """Return where clients that write connect."""
        return Address(inputs.name, inputs.spec.port)

    def build(self, context: BuildContext, inputs: PlannedCache) -> None:
        """Register the servers, then their Sentinels."""
        super().build(context, inputs)
        if inputs.sentinel is not None:
            Sentinel(inputs.name, Args(context, inputs), pulumi.ResourceOptions(parent=self))


def redis_conf(cache: PlannedCache) -> str:
    """Return redis.conf, but for the password and the role."""
    values = {
        "port": str(cache.spec.port),
        "dir": DATA,
        "maxmemory": memory_text(cache.spec.max_memory),
        "maxmemory-policy": cache.spec.eviction,
        "appendonly": "yes" if cache.spec.append_only else "no",
        "appendfsync": "everysec",
        "tcp-keepalive": "60",
    }
    if cache.mode == "sentinel":
        # A master that was cut off still thinks that it is one; without a copy that confirms, it refuses writes.
        values |= {"min-replicas-to-write": "1", "min-replicas-max-lag": "10"}
        # A new master may have to send a copy everything; each second that it waits for others, writers wait too.
        values |= {"repl-diskless-sync-delay": "0"}
    return "".join(f"{key} {value}\n" for key, value in values.items())


def memory_text(size: Bytes) -> str:
    """Write a size in Redis' units, which are binary ones: 2Gi is 2gb."""
    for unit, factor in (("gb", 2**30), ("mb", 2**20), ("kb", 2**10)):
        if size.number % factor == 0:
            return f"{size.number // factor}{unit}"
    return str(size.number)


def services(w: Workload, cache: PlannedCache) -> Iterator[Manifest]:
    """Yield the Service of all copies, which is for reading where there are several, and those of single copies."""
    if cache.mode != "replica":
        yield w.service()
    else:
        yield w.service(f"{w.name}-replica")
        yield member_service(w, w.name, f"{cache.stateful_set}-0")
    if cache.mode == "sentinel":
        for member in members(cache.stateful_set):
            yield member_service(w, member, member, publishNotReadyAddresses=True)


def pod(w: Workload, cache: PlannedCache, texts: list[str]) -> Manifest:
    """Return a server's pod: the exporter logs in as the pod's own user, whose password never changes."""
    run, script = scratch("run", RUN, "1Mi"), scripts(f"{w.name}-scripts")
    password, config = secret_mount(cache.secrets), settings(f"{w.name}-settings", SETTINGS)
    mounts = [claimed(DATA), run, script, config, password]
    port = cache.spec.port
    command = ["sh", "/scripts/redis-files.sh", str(port)]
    writer = w.sidecar("files", w.planned.image(REDIS), command=command, mounts=[run, script])
    command = [
        "/redis_exporter",
        f"--redis.addr=redis://127.0.0.1:{port}",
        "--redis.user=own",
        f"--redis.password-file={RUN}/exporter.json",
    ]
    exporter = w.exporter(REDIS_EXPORTER, command=command, health="/health", mounts=[run])
    server = redis_server(w, cache, mounts)
    return w.pod(server, exporter, init=[writer], mounts=mounts, grace=60, texts=texts, affinity=w.apart())


def redis_server(w: Workload, cache: PlannedCache, mounts: list[Mount]) -> Manifest:
    """Return the server's container; the scripts get the master's name, then the Sentinels' where there are any."""
    port = str(cache.spec.port)
    master, watched = w.name, []
    if cache.sentinel is not None:
        master, watched = f"{cache.stateful_set}-0", [w.data_name, *members(cache.sentinel.data_name)]
    live, ready = (exec_probe("sh", "/scripts/redis-probe.sh", word, port) for word in ("live", "ready"))
    container = w.container(
        REDIS,
        command=["sh", "/scripts/redis-start.sh", port, cache.secrets[0].path, str(cache.overlap), master, *watched],
        ports=[w.ports["redis"]],
        probes=w.probes(live, readiness=ready),
        mounts=mounts,
    )
    stop = {"exec": {"command": ["sh", "/scripts/redis-stop.sh", port, *watched]}}
    return container | ({"lifecycle": {"preStop": stop}} if watched else {})

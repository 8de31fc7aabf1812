"""Object store: an S3 server on one claim, with its buckets, under the name and health path that clients use."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Address, Component
from quadrant_platform.components.builders.containers import http_probe
from quadrant_platform.components.builders.engine_images import VERSITYGW
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import claimed, scratch, scripts, secret_mount
from quadrant_platform.components.builders.workload import Workload, texts_of
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.datastores import ObjectStoreSpec

SCRIPT = "versitygw-start.sh"
HEALTH = "/minio/health/live"
"""The path that clients of the retired MinIO ask."""


class ObjectStore(Component[Planned[ObjectStoreSpec], Address]):
    """One S3 server."""

    token = "data:ObjectStore"

    @staticmethod
    def manifests(inputs: Planned[ObjectStoreSpec]) -> Iterator[Manifest]:
        """Yield the account, the start script, the Service and the StatefulSet."""
        w = Workload(inputs)
        script = w.scripts(SCRIPT)
        mounts = [claimed("/data"), scripts(f"{w.name}-scripts"), secret_mount(inputs.secrets), scratch("tmp", "/tmp")]
        probes = w.probes(http_probe(HEALTH, inputs.spec.port))
        container = w.container(VERSITYGW, command=command(inputs), probes=probes, mounts=mounts)
        yield w.account()
        yield script
        yield w.service()
        template = w.pod(container, mounts=mounts, texts=texts_of([script]))
        yield from w.stateful_set(template, {"data": inputs.spec.storage})

    @staticmethod
    def results(inputs: Planned[ObjectStoreSpec]) -> Address:
        """Return where clients connect."""
        return Address(inputs.name, inputs.spec.port)


def command(store: Planned[ObjectStoreSpec]) -> list[str]:
    """Return what makes the buckets and becomes the server."""
    access, secret = (files.path for files in store.secrets)
    buckets = ",".join(store.spec.buckets)
    return ["/bin/sh", f"/scripts/{SCRIPT}", access, secret, buckets, *arguments(store.spec)]


def arguments(spec: ObjectStoreSpec) -> list[str]:
    """Return the server's arguments: its ports, and where objects and what is known of them lie."""
    console = ["--webui", f":{spec.console_port}"] if spec.console_port else []
    listening = ["--port", f":{spec.port}", *console, "--health", HEALTH]
    return [*listening, "posix", "--sidecar", "/data/metadata", "/data/objects"]

"""Object store: an S3 server on one claim, with its buckets, under the name and health path that clients use."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Address, Component
from quadrant_platform.components.builders.containers import http_probe
from quadrant_platform.components.builders.engine_images import VERSITYGW
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import claimed, scratch, scripts, secret_mount
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.datastores import ObjectStoreSpec

HEALTH = "/minio/health/live"
"""The path that clients of the retired MinIO ask."""


class ObjectStore(Component[Planned[ObjectStoreSpec], Address]):
    """One S3 server."""

    token = "data:ObjectStore"

    @staticmethod
    def manifests(inputs: Planned[ObjectStoreSpec]) -> Iterator[Manifest]:
        """Yield the account, the start script, the Service and the StatefulSet."""
        w = Workload(inputs)
        script = start_script(inputs)
        mounts = [claimed("/data"), scripts(f"{w.name}-scripts"), secret_mount(inputs.secrets), scratch("tmp", "/tmp")]
        probes = w.probes(http_probe(HEALTH, inputs.spec.port))
        container = w.container(VERSITYGW, command=["/bin/sh", "/scripts/start.sh"], probes=probes, mounts=mounts)
        yield w.account()
        yield w.config_map("scripts", {"start.sh": script})
        yield w.service()
        yield from w.stateful_set(w.pod(container, mounts=mounts, texts=[script]), {"data": inputs.spec.storage})

    @staticmethod
    def results(inputs: Planned[ObjectStoreSpec]) -> Address:
        """Return where clients connect."""
        return Address(inputs.name, inputs.spec.port)


def start_script(store: Planned[ObjectStoreSpec]) -> str:
    """Return the script that makes the buckets, reads the keys from files, and becomes the server."""
    spec = store.spec
    access, secret = (files.path for files in store.secrets)
    console = f" --webui :{spec.console_port}" if spec.console_port else ""
    return "\n".join(
        [
            "#!/bin/sh",
            "set -eu",
            "mkdir -p /data/metadata",
            *(f"mkdir -p /data/objects/{bucket}" for bucket in spec.buckets),
            # The server takes its keys from variables; set here, they are in no manifest.
            f'ROOT_ACCESS_KEY="$(cat {access})"',
            f'ROOT_SECRET_KEY="$(cat {secret})"',
            "export ROOT_ACCESS_KEY ROOT_SECRET_KEY",
            f"exec versitygw --port :{spec.port}{console} --health {HEALTH} \\",
            "  posix --sidecar /data/metadata /data/objects",
            "",
        ]
    )

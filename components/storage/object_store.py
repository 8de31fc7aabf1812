"""Object store: an S3 server on one claim, with its buckets, under the seeds' name and health path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import (
    claimed,
    fingerprint,
    scratch,
    scripts,
    secret_mount,
    secrets_of,
)
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import datastores as declared

HEALTH = "/minio/health/live"
"""The path that clients of the retired MinIO ask."""


class ObjectStoreArgs(TypedDict):
    """What an object store is built from."""

    site: BuildContext
    store: declared.ObjectStoreSpec


class ObjectStore(pulumi.ComponentResource):
    """One S3 server."""

    def __init__(self, name: str, args: ObjectStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:ObjectStore", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["store"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, store: declared.ObjectStoreSpec) -> Iterator[Manifest]:
    """Yield the account, the start script, the Service and the StatefulSet."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.labels_of(plan, endpoint, store.resources, store.labels)
    yield manifests.service_account(endpoint, labels)
    yield manifests.config_map(endpoint.namespace, f"{name}-scripts", {"start.sh": start_script(plan, store)}, labels)
    yield manifests.service(endpoint, labels)
    yield stores.stateful_set(plan, pod(plan, endpoint, store, labels), store.storage)


def start_script(plan: Plan, store: declared.ObjectStoreSpec) -> str:
    """Return the script that makes the buckets, reads the keys from files, and becomes the server."""
    access, secret = (stores.password_file(plan, name) for name in (store.access_key, store.secret_key))
    console = f" --webui :{store.console_port}" if store.console_port else ""
    return "\n".join(
        [
            "#!/bin/sh",
            "set -eu",
            "mkdir -p /data/metadata",
            *(f"mkdir -p /data/objects/{bucket}" for bucket in store.buckets),
            # The server takes its keys from variables; set here, they stand in no manifest.
            f'ROOT_ACCESS_KEY="$(cat {access})"',
            f'ROOT_SECRET_KEY="$(cat {secret})"',
            "export ROOT_ACCESS_KEY ROOT_SECRET_KEY",
            f"exec versitygw --port :{store.port}{console} --health {HEALTH} \\",
            "  posix --sidecar /data/metadata /data/objects",
            "",
        ]
    )


def pod(
    plan: Plan, endpoint: Endpoint, store: declared.ObjectStoreSpec, labels: Mapping[str, str]
) -> pod_template.PodTemplate:
    """Return the server's pod."""
    name = manifests.name_of(endpoint)
    mounts = [
        claimed("/data"),
        scripts(f"{name}-scripts"),
        secret_mount(secrets_of(plan, (store.access_key, store.secret_key))),
        scratch("tmp", "/tmp"),
    ]
    health = pod_template.http_probe(HEALTH, store.port)
    container = pod_template.container(
        name,
        engine_images.image_of(plan, endpoint, engine_images.VERSITYGW),
        pod_template.sized(plan, pod_template.limits_of(plan, store.resources), store=True),
        command=["/bin/sh", "/scripts/start.sh"],
        endpoint=endpoint,
        probes=pod_template.probes(plan, health, health, health),
        mounts=mounts,
    )
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [container],
        mounts=mounts,
        priority=class_name(plan, stores.LEVEL),
        annotations={"quadrant.dev/config": fingerprint([start_script(plan, store)])},
    )

"""Pods: their workload, their claims, and what they wait for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quadrant_platform.applier.observed.object_keys import condition
from quadrant_platform.program.rendering import Manifest

BROKEN = ("ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CrashLoopBackOff", "CreateContainerConfigError",
          "CreateContainerError", "RunContainerError", "ErrImageNeverPull")  # fmt: skip
"""Reasons for which a container never starts, however long it waits."""


def pods_of(manifest: Manifest, pods: Iterable[Manifest]) -> list[Manifest]:
    """Return the pods of a workload without those that are being deleted."""
    spec = manifest.get("spec", {})
    labels = spec.get("selector", {}).get("matchLabels") or spec.get("template", {}).get("metadata", {}).get("labels")
    return [pod for pod in pods if labels and _matches(pod, manifest, labels)]


def _matches(pod: Manifest, manifest: Manifest, labels: Mapping[str, str]) -> bool:
    metadata = pod["metadata"]
    same = metadata.get("namespace") == manifest["metadata"].get("namespace")
    return same and "deletionTimestamp" not in metadata and labels.items() <= metadata.get("labels", {}).items()


def claims_of(pod: Manifest) -> Iterator[str]:
    """Yield the claims that a pod mounts, as `namespace/name`."""
    for volume in pod.get("spec", {}).get("volumes", ()):
        if (source := volume.get("persistentVolumeClaim")) is not None:
            yield f"{pod['metadata']['namespace']}/{source['claimName']}"


def pod_lack(pod: Manifest) -> str | None:
    """Return what a pod waits for; None where it is ready or done."""
    status = pod.get("status", {})
    if status.get("phase") == "Succeeded" or condition(pod, "Ready").get("status") == "True":
        return None
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return f"not scheduled: {scheduled.get('message', '')}"
    containers = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    reasons = [text for one in containers if (text := _container_lack(one)) is not None]
    broken = [text for text in reasons if any(reason in text for reason in BROKEN)]
    return next(iter([*broken, *reasons]), "has not started")


def _container_lack(status: Mapping[str, Any]) -> str | None:
    """Return what a container waits for; None where it is ready, or an init container that ended well."""
    state, name = status.get("state", {}), status["name"]
    if (ended := state.get("terminated")) is not None:
        return None if ended.get("exitCode") == 0 else f"{name} ended with exit code {ended.get('exitCode')}"
    if (pending := state.get("waiting")) is not None:
        reason, message = pending.get("reason", "waiting"), pending.get("message", "")
        return f"{reason} of {name}{': ' + message if message else ''}"
    return None if status.get("ready") or status.get("started") is None else f"{name} runs and is not ready yet"


def restarted(pods: Iterable[Manifest]) -> Iterator[str]:
    """Yield the containers that were restarted or ended badly, as `namespace/pod/container`."""
    for pod in pods:
        status, metadata = pod.get("status", {}), pod["metadata"]
        for one in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
            if one.get("restartCount") or one.get("state", {}).get("terminated", {}).get("exitCode"):
                yield f"{metadata['namespace']}/{metadata['name']}/{one['name']}"

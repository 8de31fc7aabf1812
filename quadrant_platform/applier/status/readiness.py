"""Readiness of workloads and its obstacles, from the objects, their pods and the cluster's warnings."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from quadrant_platform.applier.observed.object_keys import ObjectKey, condition, key_of
from quadrant_platform.applier.observed.pod_status import pod_lack, pods_of, restarted
from quadrant_platform.program.rendering import Manifest

_QUIET = ("ContainerCreating", "PodInitializing", "not scheduled", "has not started")
"""Reasons of a pod that a warning may explain better."""
CONDITIONED = ("Certificate", "Issuer", "ExternalSecret", "SecretStore")
"""Kinds that report readiness by the condition `Ready`."""


@dataclass(frozen=True, slots=True)
class Unready:
    """An object that is not ready yet, and the reason."""

    key: ObjectKey
    why: str
    pod: str | None = None
    """The container whose log explains it, as `namespace/pod/container`."""
    final: bool = False
    """Whether it will never be ready."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The state of a stack's objects at one moment."""

    objects: Collection[Manifest]
    pods: Collection[Manifest]
    warnings: Mapping[ObjectKey, str]
    """The last warning about each object."""


def unready(now: Observation) -> list[Unready]:
    """Return all objects that are not ready, in their order."""
    return [found for one in now.objects if (found := _judged(one, now)) is not None]


def watched(manifest: Manifest) -> bool:
    """Return whether an object has a readiness to wait for."""
    return manifest["kind"] in _JUDGES or manifest["kind"] in CONDITIONED


def _judged(manifest: Manifest, now: Observation) -> Unready | None:
    kind = manifest["kind"]
    if kind in CONDITIONED:
        return _conditioned(manifest)
    lack = _JUDGES[kind](manifest.get("spec", {}), manifest.get("status", {}), manifest) if kind in _JUDGES else None
    return None if lack is None else _explained(manifest, lack, now)


def _conditioned(manifest: Manifest) -> Unready | None:
    ready = condition(manifest, "Ready")
    if ready.get("status") == "True":
        return None
    return Unready(key_of(manifest), ready.get("message") or "its controller has not handled it yet")


def _explained(manifest: Manifest, lack: str, now: Observation) -> Unready:
    """Return the reason from the best source: a failure, a broken pod, a warning, or the count alone."""
    key, pods = key_of(manifest), pods_of(manifest, now.pods)
    failed = condition(manifest, "Failed")
    if failed.get("status") == "True":
        return Unready(key, f"failed: {failed.get('message', lack)}", next(restarted(pods), None), final=True)
    for pod in pods:
        if (found := pod_lack(pod)) is not None:
            warning = now.warnings.get(key_of(pod), "") if found.startswith(_QUIET) else ""
            text = f"{pod['metadata']['name']}: {found}{'; ' + warning if warning else ''}"
            return Unready(key, text, next(restarted([pod]), None))
    refused = condition(manifest, "ReplicaFailure").get("message") or now.warnings.get(key)
    return Unready(key, refused or lack)


Judge = Callable[[Mapping[str, Any], Mapping[str, Any], Manifest], str | None]


def _replicas(spec: Mapping[str, Any], status: Mapping[str, Any], manifest: Manifest) -> str | None:
    wanted = spec.get("replicas", 1)
    if status.get("observedGeneration", 0) < manifest["metadata"].get("generation", 0):
        return "its controller has not handled it yet"
    ready = min(status.get("readyReplicas", 0), status.get("updatedReplicas", 0))
    surplus = status.get("replicas", 0) > wanted
    return None if ready >= wanted and not surplus else f"{ready} of {wanted} pods are ready"


def _job(_spec: Mapping[str, Any], _status: Mapping[str, Any], manifest: Manifest) -> str | None:
    return None if condition(manifest, "Complete").get("status") == "True" else "it has not ended yet"


def _phase(good: str) -> Judge:
    def judge(_spec: Mapping[str, Any], status: Mapping[str, Any], _manifest: Manifest) -> str | None:
        phase = status.get("phase")
        return None if phase == good else str(status.get("message") or phase or "its operator has not handled it yet")

    return judge


_JUDGES: dict[str, Judge] = {
    "Deployment": _replicas,
    "StatefulSet": _replicas,
    "Job": _job,
    "Rollout": _phase("Healthy"),
    "Cluster": _phase("Cluster in healthy state"),
}

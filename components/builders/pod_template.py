"""Pod templates: identity, security, files and place of every workload's pods."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, TypedDict, Unpack

from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.components.builders.volumes import Mount
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.vocabulary import CONFIG_ANNOTATION

USER = 10001
"""A user without an account on any node, outside the range that distributions hand out."""
HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
DISK_REQUEST = "64Mi"
DISK_LIMIT = Bytes.parse("256Mi")
"""A container's logs, which the kubelet rotates at 50 MiB, and what a program leaves beside its volumes."""


class PodOptions(TypedDict, total=False):
    """What varies from pod to pod."""

    init: Sequence[Manifest]
    mounts: Sequence[Mount]
    texts: Iterable[str]
    """Files whose change replaces the pods."""
    user: int
    grace: int
    token: bool
    restart: str
    spread: bool
    affinity: Manifest | None
    host_aliases: Sequence[Manifest]


def pod_template(planned: Planned[Any], containers: Sequence[Manifest], **options: Unpack[PodOptions]) -> Manifest:
    """Return a pod template that passes the restricted profile, and resolves the short names that its rows lead to."""
    volumes = [mount.volume for mount in options.get("mounts", ()) if len(mount.volume) > 1]
    spec: Manifest = {
        "serviceAccountName": planned.name,
        "automountServiceAccountToken": options.get("token", False),
        "enableServiceLinks": False,
        "securityContext": _identity(options.get("user", USER)),
        "terminationGracePeriodSeconds": options.get("grace", 30),
        "containers": bounded(containers, volumes),
    }
    searches = [f"{namespace}.svc.{planned.domain}" for namespace in planned.searches]
    optional: Manifest = {
        "initContainers": bounded(options.get("init", ())),
        "volumes": volumes,
        "dnsConfig": {"searches": searches} if searches else None,
        "hostAliases": options.get("host_aliases"),
        "priorityClassName": planned.priority,
        "restartPolicy": options.get("restart"),
        "affinity": options.get("affinity"),
        "topologySpreadConstraints": spread(planned) if options.get("spread", True) else None,
    }
    spec |= {key: value for key, value in optional.items() if value}
    digest = fingerprint(options.get("texts", ()))
    annotations = {CONFIG_ANNOTATION: digest} if digest else None
    meta = metadata(None, "", planned.labels, annotations)
    return {"metadata": {key: meta[key] for key in ("labels", "annotations") if key in meta}, "spec": spec}


def _identity(user: int) -> Manifest:
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def fingerprint(texts: Iterable[str]) -> str | None:
    """Return a short hash of file contents, where there are any; on the template it rolls pods whose files changed."""
    content = b"".join(text.encode() + b"\0" for text in texts)
    return hashlib.sha256(content).hexdigest()[:16] if content else None


def bounded(containers: Iterable[Manifest], volumes: Iterable[Manifest] = ()) -> list[Manifest]:
    """Return the containers with bounds on ephemeral storage.

    The kubelet compares a pod's use, its emptyDirs on disk included, with the sum of its containers' limits; so the
    first container's limit has room for the emptyDirs too.
    """
    directories = [volume["emptyDir"] for volume in volumes if "emptyDir" in volume]
    scratch = sum(Bytes.parse(one["sizeLimit"]).number for one in directories if "medium" not in one)
    return [_bounded(one, 0 if index else scratch) for index, one in enumerate(containers)]


def _bounded(container: Manifest, scratch: int) -> Manifest:
    resources = container.get("resources", {})
    limit = str(Bytes(DISK_LIMIT.number + scratch))
    return container | {
        "resources": {
            "requests": resources.get("requests", {}) | {"ephemeral-storage": DISK_REQUEST},
            "limits": resources.get("limits", {}) | {"ephemeral-storage": limit},
        }
    }


def spread(planned: Planned[Any]) -> list[Manifest]:
    """Keep copies on different nodes, and in different zones where the environment has them.

    Nodes that take no such pods do not count: an empty control-plane node would hold back every second copy.
    """
    strict = "DoNotSchedule" if planned.settings.spread == "required" else "ScheduleAnyway"
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": strict if key == HOSTNAME else "ScheduleAnyway",
            "nodeTaintsPolicy": "Honor",
            "labelSelector": {"matchLabels": planned.endpoint.selector},
        }
        for key in ((HOSTNAME, ZONE) if planned.settings.zones else (HOSTNAME,))
    ]


def apart(planned: Planned[Any]) -> Manifest:
    """Return the affinity that keeps copies on different nodes: strictly, or as far as there are nodes."""
    term = {"labelSelector": {"matchLabels": planned.endpoint.selector}, "topologyKey": HOSTNAME}
    if planned.settings.spread == "required":
        return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}

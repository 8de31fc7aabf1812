"""Pod templates: identity, security, files and place of every workload's pods."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from quadrant_platform.components.builders.ephemeral_storage import bounded
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.components.builders.spreading import spread
from quadrant_platform.components.builders.volumes import Mount
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.vocabulary import CONFIG_ANNOTATION

USER = 10001
"""A user without an account on any node, outside the range that distributions hand out."""


def pod_template(
    planned: Planned[Any],
    containers: Sequence[Manifest],
    *,
    init: Sequence[Manifest] = (),
    mounts: Sequence[Mount] = (),
    texts: Iterable[str] = (),
    user: int = USER,
    grace: int = 30,
    token: bool = False,
    **more: Any,
) -> Manifest:
    """Return a pod template that passes the restricted profile, and resolves the short names that its rows lead to.

    `texts` are the files whose change replaces the pods; `more` are further fields of the pod's specification.
    """
    volumes = [mount.volume for mount in mounts if len(mount.volume) > 1]
    spec: Manifest = {
        "serviceAccountName": planned.name,
        "automountServiceAccountToken": token,
        "enableServiceLinks": False,
        "securityContext": _identity(user),
        "terminationGracePeriodSeconds": grace,
        "containers": bounded(containers, volumes),
    }
    searches = [f"{namespace}.svc.cluster.local" for namespace in planned.searches]
    optional: Manifest = {
        "initContainers": bounded(init),
        "volumes": volumes,
        "dnsConfig": {"searches": searches} if searches else None,
        "priorityClassName": planned.priority,
        "topologySpreadConstraints": spread(planned),
        **more,
    }
    spec |= {key: value for key, value in optional.items() if value}
    digest = fingerprint(texts)
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
    digest = None
    for text in texts:
        digest = digest or hashlib.sha256()
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16] if digest else None

"""The status page of an installation, read from its cluster."""

import base64
from collections.abc import Collection
from pathlib import Path

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.clusters.local_clusters import LOCAL_CLUSTERS
from quadrant_platform.applier.observed.live import arguments
from quadrant_platform.applier.status.report import StatusReport, authority_secret, report, segments_of
from quadrant_platform.program.rendering import Manifest

_KINDS = {
    *(("", kind) for kind in ("Node", "Namespace", "Pod", "PersistentVolumeClaim", "Service")),
    ("cert-manager.io", "Certificate"),
    ("traefik.io", "IngressRoute"),
}


def system_status(session: ClusterSession, installation: str) -> tuple[StatusReport, Path | None]:
    """Return the status of an installation, and the file with its entry's own authority, if it has one."""
    objects = session.kubectl.objects("get", ",".join(arguments(session.table, _KINDS)), "--all-namespaces")
    port = LOCAL_CLUSTERS[session.target.type].port if session.target.type.local else None
    return report(installation, objects, port), _authority(session, installation, objects)


def _authority(session: ClusterSession, installation: str, objects: Collection[Manifest]) -> Path | None:
    # The certificate is public; curl reads it from a file.
    frontends = [name for name, segment in segments_of(installation, objects).items() if segment == "frontend"]
    place = authority_secret(objects, frontends)
    if place is None:
        return None
    command = ("get", "secret", place[1], "--namespace", place[0], "--ignore-not-found")
    for found in session.kubectl.objects(*command):
        file = local_state.folder() / f"{installation}.{session.target.label(session.context)}.crt"
        file.write_bytes(base64.b64decode(found["data"]["tls.crt"]))
        return file
    return None

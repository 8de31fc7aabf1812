"""`quadrant status`: a stack in its cluster, on one page."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

import typer

from quadrant_platform.applier.applying import cluster_session
from quadrant_platform.applier.clusters import local_clusters, local_state
from quadrant_platform.applier.observed.live import arguments
from quadrant_platform.applier.observed.object_keys import Manifest
from quadrant_platform.applier.planning.apply_plan import ClusterSession
from quadrant_platform.applier.status.entry import authority_secret
from quadrant_platform.applier.status.report import Report, report, segments_of
from quadrant_platform.commands.console import ExitCode, Format, show_json, show_lines
from quadrant_platform.commands.options import OutputFormat, Stack, System

NAME = "status"

_KINDS = {
    *(("", kind) for kind in ("Node", "Namespace", "Pod", "PersistentVolumeClaim", "Service")),
    ("cert-manager.io", "Certificate"),
    ("traefik.io", "IngressRoute"),
}


def command(system: System, stack: Stack, output: OutputFormat = Format.TEXT) -> None:
    """Show a stack's nodes, pods, volumes, certificates and addresses (exit code 1: something is not ready)."""
    session = cluster_session.open_session(cluster_session.choose_target(system, stack))
    if not show_page(session, system, stack, output):
        raise typer.Exit(ExitCode.FOUND)


def show_page(session: ClusterSession, system: str, stage: str, output: Format) -> bool:
    """Write the page of a stack and return whether all of it is ready."""
    kind, kubeconfig = session.target.kind, str(session.target.kubeconfig)
    objects = session.kubectl.objects("get", ",".join(arguments(session.table, _KINDS)), "--all-namespaces")
    found = report(
        system, objects, local_clusters.LOCAL_CLUSTERS[kind].port if kind in local_clusters.LOCAL_CLUSTERS else None
    )
    authority = _authority(session, system, objects)
    if output is Format.JSON:
        target = {"kind": kind, "kubeconfig": kubeconfig, "context": session.target.context}
        show_json({"target": target, "ready": found.ready, "authority": authority and str(authority), **asdict(found)})
    else:
        show_lines(f"{system} {stage} on {kind} ({kubeconfig})")
        _show(found, authority)
    return found.ready


def _authority(session: ClusterSession, system: str, objects: Collection[Manifest]) -> Path | None:
    """Write the certificate of the entry's own authority, which is public, where curl can read it."""
    frontends = [name for name, segment in segments_of(system, objects).items() if segment == "frontend"]
    place = authority_secret(objects, frontends)
    if place is None:
        return None
    asked = ("get", "secret", place[1], "--namespace", place[0], "--ignore-not-found")
    for found in session.kubectl.objects(*asked):
        file = local_state.authority_file(system, session.target.label(cluster_session.context_of(session)))
        file.write_bytes(base64.b64decode(found["data"]["tls.crt"]))
        return file
    return None


def _show(found: Report, authority: Path | None) -> None:
    lines = list(found.lines())
    width = max(len(what) for what, _ in lines)
    for what, how in lines:
        show_lines(f"{what:{width}}  {how}")
    for route in found.routes:
        show_lines(route["url"])
    if found.routes:
        trust = f"--cacert {authority} " if authority else ""
        first = f"{found.door.first} & " if found.door.first else ""
        route = found.routes[0]
        show_lines(f"try: {first}curl {trust}--resolve {route['resolve']} {route['url']}")

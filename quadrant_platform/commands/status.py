"""`quadrant status`: a stack in its cluster, on one page."""

from dataclasses import asdict
from pathlib import Path

import typer

from quadrant_platform import applier
from quadrant_platform.commands.console import ExitCode, Format, say, show_json, show_lines
from quadrant_platform.commands.options import OutputFormat, Stack, System
from quadrant_platform.program.stacks import installation


def command(system: System, stack: Stack, output: OutputFormat = Format.TEXT) -> None:
    """Show a stack's nodes, pods, volumes, certificates and addresses (exit code 1: something is not ready)."""
    session = applier.connect(applier.choose_target(system, stack, say))
    if not show_page(session, system, stack, output):
        raise typer.Exit(ExitCode.FOUND)


def show_page(session: applier.ClusterSession, system: str, stack: str, output: Format) -> bool:
    """Write the page of a stack and return whether all of it is ready."""
    target, kubeconfig = session.target, str(session.target.kubeconfig)
    found, authority = applier.system_status(session, installation(system, stack))
    if output is Format.JSON:
        place = {"kind": target.type, "kubeconfig": kubeconfig, "context": target.context}
        show_json({"target": place, "ready": found.ready, "authority": authority and str(authority), **asdict(found)})
    else:
        show_lines(f"{system} {stack} on {target.type} ({kubeconfig})")
        _show(found, authority)
    return found.ready


def _show(found: applier.StatusReport, authority: Path | None) -> None:
    lines = list(found.lines())
    width = max(len(name) for name, _ in lines)
    for name, state in lines:
        show_lines(f"{name:{width}}  {state}")
    for route in found.routes:
        show_lines(route["url"])
    if found.routes:
        trust = f"--cacert {authority} " if authority else ""
        forward = f"{found.entry.forward} & " if found.entry.forward else ""
        route = found.routes[0]
        show_lines(f"try: {forward}curl {trust}--resolve {route['resolve']} {route['url']}")

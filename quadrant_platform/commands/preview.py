"""`quadrant preview`: the resources of a stack, the policies' verdict and the matrix."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import typer
from rich.tree import Tree

from quadrant_platform import applier
from quadrant_platform.commands.check import as_json, as_line, mandatory, objects_of, summary, violations
from quadrant_platform.commands.console import ExitCode, Format, progress, say, show, show_json, show_lines
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Stack, System, Verbose
from quadrant_platform.places import place_of
from quadrant_platform.policies.pack import Violation
from quadrant_platform.preflight.needs import kinds_of, needs
from quadrant_platform.program.overview import lines, overview
from quadrant_platform.program.recorder import Recorded, Recording
from quadrant_platform.program.stacks import config_for, recorded
from quadrant_platform.program.traffic import Traffic
from quadrant_platform.reachability import prove


def command(system: System, stack: Stack, verbose: Verbose = False, output: OutputFormat = Format.TEXT) -> None:
    """Show what a stack registers, the policies' verdict and the size of the matrix.

    Where pulumi is on PATH and the stack names a cluster, this is pulumi's own preview with the policy pack.
    """
    choice = applier.choose_previewer(config_for(system, stack))
    if output is Format.TEXT:
        say(choice.reason)
        if choice.pulumi is not None:
            announce(config_for(system, stack), output, verbose)
            raise typer.Exit(applier.preview(choice.pulumi, system, stack))
    with progress(f"recording and judging {system} {stack}"):
        recording = recorded(system, stack)
        found = violations(objects_of(recording))
        matrix = _matrix(recording)
    declared = overview(*announce(config_for(system, stack), output, verbose))
    if output is Format.JSON:
        show_json(_as_json(recording, found, matrix) | declared)
    else:
        _show(recording, found, matrix, declared)
    if mandatory(found):
        raise typer.Exit(ExitCode.FOUND)


def _matrix(recording: Recording) -> dict[str, Any]:
    manifests = recording.manifests()
    traffic = Traffic(manifests)
    implied = sum(1 for row in traffic.rows if row["implied"])
    return {
        "peers": len(traffic.peers),
        "rows": len(traffic.rows),
        "written": len(traffic.rows) - implied,
        "implied": implied,
        "proved": prove(manifests, traffic.matrix).equal,
    }


def _counts(recording: Recording) -> dict[str, int]:
    counted = Counter(one.type.rpartition(":")[2] for one in recording.resources if one.is_manifest)
    return dict(sorted(counted.items()))


def _as_json(recording: Recording, found: list[Violation], matrix: dict[str, Any]) -> dict[str, Any]:
    keys = ("type", "name", "urn", "parent", "dependencies", "inputs")
    return {
        "resources": [{key: getattr(one, key) for key in keys} for one in recording.resources],
        "counts": _counts(recording),
        "policies": [as_json(violation) for violation in found],
        "matrix": matrix,
        "needs": [
            {"kind": need.kind, "name": need.name, "by": by} for need, by in needs(recording.manifests()).items()
        ],
        "needsKinds": [{"apiVersion": version, "kind": kind} for version, kind in _further_kinds(recording)],
    }


def _further_kinds(recording: Recording) -> list[tuple[str, str]]:
    """Return the kinds that no cluster has by itself."""
    own = ("rbac.authorization.k8s.io", "networking.k8s.io", "storage.k8s.io", "scheduling.k8s.io", "discovery.k8s.io")
    groups = [(version.rpartition("/")[0], version, kind) for version, kind in kinds_of(recording.manifests())]
    return [(version, kind) for group, version, kind in groups if "." in group and group not in own]


def _needs(recording: Recording) -> Iterator[str]:
    """Yield what a stack needs from its cluster and does not make."""
    for need, by in needs(recording.manifests()).items():
        called = f"{need.kind} {need.name}" if need.name else "a default StorageClass"
        yield f"needs from the cluster: {called}, for {by[0]}{f' and {len(by) - 1} more' if by[1:] else ''}"
    if kinds := _further_kinds(recording):
        yield f"needs from the cluster: the kinds {', '.join(f'{kind} ({version})' for version, kind in kinds)}"


def _show(recording: Recording, found: list[Violation], matrix: dict[str, Any], declared: dict[str, Any]) -> None:
    show(_tree(recording, declared["title"]))
    counts = ", ".join(f"{number} {kind}" for kind, number in _counts(recording).items())
    verdict = "equal to" if matrix["proved"] else "different from"
    show_lines(f"{len(recording.resources)} resources: {counts}")
    for violation in found:
        show_lines(as_line(violation))
    show_lines(f"policies: {summary(found)}")
    rows = f"{matrix['rows']} rows ({matrix['written']} written, {matrix['implied']} implied)"
    show_lines(f"matrix: {rows} between {matrix['peers']} peers; the NetworkPolicies are {verdict} it")
    for line in (*_needs(recording), *lines(declared)):
        show_lines(line)


def _tree(recording: Recording, title: str) -> Tree:
    root = Tree(f"{recording.project} {recording.stack}{': ' * bool(title)}{title}")
    branches: dict[str | None, Tree] = {None: root}
    for one in recording.resources:
        branches[one.urn] = Tree(_label(one))
    for one in recording.resources:
        branches[one.parent].children.append(branches[one.urn])
    return root


def _label(one: Recorded) -> str:
    kind = one.type.rpartition(":")[2]
    if not one.is_manifest:
        return f"{kind} {one.name}"
    return f"{kind} {place_of(one.inputs['metadata'])}"

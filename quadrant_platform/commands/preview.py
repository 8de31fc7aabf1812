"""`quadrant preview`: the resources of a stack, the policies' verdict and the matrix."""

from collections import Counter
from typing import Any

import typer
from rich.tree import Tree

from quadrant_platform import applier
from quadrant_platform.commands.check import as_json, as_line, mandatory, objects_of, summary, violations
from quadrant_platform.commands.console import ExitCode, Format, progress, say, show, show_json, show_lines
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Stack, System, Verbose
from quadrant_platform.policies.pack import Violation
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
    }


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
    for line in lines(declared):
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
    metadata = one.inputs["metadata"]
    return f"{kind} {'/'.join(filter(None, (metadata.get('namespace'), metadata['name'])))}"

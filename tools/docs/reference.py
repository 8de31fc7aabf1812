"""The generated documents: schemas, matrices, topologies, policy pages and templates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from quadrant_platform.commands.console import progress
from quadrant_platform.model.loader import load_system, system_file, systems
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.policies.pack import CONFIGURATION
from quadrant_platform.program.drawing import OMITTED, diagram, mermaid
from quadrant_platform.program.stacks import STAGES, recorded
from quadrant_platform.program.traffic import Traffic
from tools.docs.policy_pages import pages
from tools.docs.tables import table
from tools.docs.templates import templates

OWNED = ("docs/reference/matrix", "docs/reference/policies", "docs/topology")
"""Folders in which every file is generated."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[str, str]:
    """Return every generated document by its path."""
    return dict([*_schemas(), *_stacks(), *pages(), *_templates()])


def _schemas() -> Iterator[tuple[str, str]]:
    schemas = {model.__name__.lower(): model.model_json_schema(by_alias=True) for model in (System, Environment)}
    for name, schema in {**schemas, "policy-config": CONFIGURATION.schema()}.items():
        text = json.dumps({"$schema": DIALECT} | schema, indent=2, ensure_ascii=False)
        yield f"docs/reference/{name}.schema.json", f"{text}\n"


def _stacks() -> Iterator[tuple[str, str]]:
    for system in systems():
        title = load_system(system_file(system)).title
        for stage in STAGES:
            with progress(f"describing {system} {stage}"):
                traffic = Traffic(recorded(system, stage).manifests())
            yield f"docs/reference/matrix/{system}-{stage}.md", _matrix(traffic)
            yield f"docs/topology/{system}-{stage}.md", _topology(traffic, title)


def _heading(traffic: Traffic, what: str) -> str:
    return f"# {traffic.matrix['system']} {traffic.matrix['environment']}: {what}\n\n"


def _matrix(traffic: Traffic) -> str:
    intro = (
        "Every permitted connection, in the direction in which it is opened; everything else is denied at both ends. "
        "A rule in the last column means that the row follows from others and is written nowhere.\n\n"
    )
    rows = (
        (row["from"], row["to"], f"{row['port']}/{row['protocol']}", row["why"], row["implied"] or "")
        for row in traffic.rows
    )
    blocks = ((name, _blocks(peer)) for name, peer in traffic.peers.items() if peer["kind"] == "cidr")
    permitted, addresses = table(("from", "to", "port", "why", "rule"), rows), table(("address", "blocks"), blocks)
    return _heading(traffic, "who may talk to whom") + intro + permitted + "\n" + addresses


def _blocks(peer: Mapping[str, Any]) -> str:
    parts = [f"{b['cidr']}{' without ' + ', '.join(b['except']) if b['except'] else ''}" for b in peer["blocks"]]
    return "; ".join(parts) or "none in this environment"


def _topology(traffic: Traffic, title: str) -> str:
    omitted = ", ".join(sorted(OMITTED))
    outro = f"\nLeft out are rows of the rules {omitted}; the matrix has them. Dashed: machinery rather than traffic.\n"
    return _heading(traffic, "topology") + mermaid(diagram(traffic, title)) + outro


def _templates() -> Iterator[tuple[str, str]]:
    for system in systems():
        yield from templates(load_system(system_file(system))).items()


def differences(root: Path, expected: Mapping[str, str]) -> list[str]:
    """Return the paths that are missing, outdated or no longer generated."""
    outdated = {path for path, text in expected.items() if _text(root / path) != text}
    present = {str(file.relative_to(root)) for folder in OWNED for file in (root / folder).glob("*.md")}
    return sorted(outdated | (present - expected.keys()))


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write(root: Path, expected: Mapping[str, str]) -> list[str]:
    """Write what differs and remove what is no longer generated; return the paths."""
    changed = differences(root, expected)
    for path in changed:
        if path in expected:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(expected[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return changed

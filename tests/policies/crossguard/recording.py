"""What programs say of objects, and what a real API server returns of the same, with all that it fills in.

`python -m tests.policies.crossguard.recording KUBECONFIG` applies every object of every stack to an API server that has
all definitions, as the provider does, and keeps a few of them: the smallest ones in which each field occurs. The server
should run its controllers and be empty otherwise; `python -m tests.engine.api_server` is such a one.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from quadrant_platform.host.kubectl import Kubectl, listed
from quadrant_platform.program.recorder import record
from quadrant_platform.program.stacks import config_for, stack_name
from tests.policies.builders import Manifest
from tests.stacks import STACKS, identity

FILE = Path(__file__).with_name("recorded.jsonl")
MANAGER = "pulumi-kubernetes-1a2b3c4d"
"""A field manager as the provider names them."""
SETTLE = 5
"""Seconds in which the controllers write what they write."""
_VOLATILE = {"uid", "resourceVersion", "creationTimestamp", "time"}
_FREE = re.compile(r"\.(labels|annotations|data|binaryData|matchLabels|selector|hard|default|f:[^.]*)\..*|f:.*|[kv]:.*")


class Pair(NamedTuple):
    """An object as its program wrote it, and as the API server returned it."""

    written: Manifest
    returned: Manifest


def pairs(kubectl: Kubectl, system: str, stage: str) -> list[Pair]:
    """Apply every object of a stack, and return it with what the server then has; the objects are gone afterwards."""
    ours = replace(kubectl, manager=MANAGER)
    manifests = record(config_for(system, stage), stack_name(system, stage), reveal=True).manifests()
    around = list(_namespaces_around(manifests))
    ours.apply([*around, *manifests])
    time.sleep(SETTLE)
    found = ours.objects("get", "--show-managed-fields", "-f", "-", stdin=listed(manifests))
    ours.need("delete", "--wait", "-f", "-", stdin=listed([*manifests, *around]))
    by_identity = {identity(one): one for one in found}
    return [Pair(one, by_identity[identity(one)]) for one in manifests]


def _namespaces_around(manifests: Iterable[Manifest]) -> Iterator[Manifest]:
    """Yield the namespaces that a stack uses and does not make."""
    made = {one["metadata"]["name"] for one in manifests if one["kind"] == "Namespace"}
    for name in sorted({one["metadata"].get("namespace", "default") for one in manifests} - made - {"default"}):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def chosen(found: Iterable[Pair]) -> Iterator[Pair]:
    """Yield few pairs, of different objects, in which together each field of each kind occurs."""
    seen, names = set[str](), set[tuple[str, str, str]]()
    for one in sorted(found, key=lambda pair: len(json.dumps(pair))):
        fields = set(_kinds_of_fields(one))
        if identity(one.written) not in names and not fields <= seen:
            seen |= fields
            names.add(identity(one.written))
            yield one


def _kinds_of_fields(one: Pair) -> Iterator[str]:
    written, returned = (set(_fields(manifest, " ")) for manifest in one)
    for what, fields in (("written", written), ("returned", returned), ("filled in", returned - written)):
        yield from (what + field for field in fields)


def _fields(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        path = f"{path}{value['kind']}" if path.endswith(" ") else path
        for key, member in value.items():
            yield from _fields(member, f"{path}.{key}")
    elif isinstance(value, list):
        for member in value:
            yield from _fields(member, f"{path}[]")
    elif ".managedFields" not in path:
        yield _FREE.sub(r".\1", path)


def _steady(value: Any) -> Any:
    """Return a value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: _steady(member) for key, member in value.items() if key not in _VOLATILE}
    return [_steady(member) for member in value] if isinstance(value, list) else value


def recorded_pairs() -> list[Pair]:
    """Return the recording."""
    return [Pair(**json.loads(line)) for line in FILE.read_text("utf-8").splitlines()]


def main(kubeconfig: str) -> None:
    """Record all stacks anew."""
    kubectl = Kubectl(kubeconfig=Path(kubeconfig))
    found = []
    for system, stage in STACKS:
        print(f"{system} {stage}", file=sys.stderr, flush=True)
        found += [Pair(one.written, _steady(one.returned)) for one in pairs(kubectl, system, stage)]
    ordered = sorted(chosen(found), key=lambda one: identity(one.written))
    lines = (json.dumps(one._asdict(), sort_keys=True, separators=(",", ":")) + "\n" for one in ordered)
    FILE.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

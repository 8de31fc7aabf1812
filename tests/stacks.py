"""The stacks of every system, each recorded once a process."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.loader import load_environment, load_system, system_file, systems
from quadrant_platform.program import stacks
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.wire import UNKNOWN

SYSTEMS = tuple(systems())
"""All systems under systems/; a new one needs no entry here."""
STAGES = ("dev", "prod")
STACKS = [(system, stage) for system in SYSTEMS for stage in STAGES]

Manifest = dict[str, Any]


@cache
def recorded(system: str, stage: str) -> Recording:
    """What a stack registers."""
    return stacks.recorded(system, stage)


@cache
def planned(system: str, stage: str) -> Plan:
    """A stack's plan."""
    config = stacks.config_for(system, stage)
    overrides = json.loads(config.get("quadrant:overrides", "{}"))
    environment = load_environment(config["quadrant:environment"], overrides)
    return plan(load_system(system_file(config["quadrant:system"])), environment)


@cache
def previewed(system: str, stage: str) -> Recording:
    """What a stack registers, as far as a preview has values."""
    return stacks.recorded(system, stage, unknown=True)


def identity(manifest: Manifest) -> tuple[str, str, str]:
    """Kind, namespace and name of an object."""
    metadata = manifest["metadata"]
    return (manifest["kind"], metadata.get("namespace", ""), metadata["name"])


def of_kind(system: str, stage: str, *kinds: str) -> list[Manifest]:
    """The objects of some kinds."""
    return [manifest for manifest in recorded(system, stage).manifests() if manifest["kind"] in kinds]


def pod_specs(manifest: Manifest) -> Iterator[Manifest]:
    """The pod specifications anywhere inside an object: of a workload, a job template or a custom resource."""
    for found in walk(manifest):
        if isinstance(found, dict) and isinstance(found.get("containers"), list):
            yield found


def containers(manifest: Manifest) -> Iterator[Manifest]:
    """The containers of an object's pods, initial ones included."""
    for spec in pod_specs(manifest):
        yield from spec.get("initContainers", [])
        yield from spec["containers"]


def walk(value: object) -> Iterator[object]:
    """A value and everything inside it."""
    yield value
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        yield from walk(member)


def unknowns(recording: Recording) -> list[tuple[str, str]]:
    """URN and path of every input that depends on a value that only a provider computes."""
    return [(one.urn, path) for one in recording.resources for path in _unknown_paths(one.inputs)]


def _unknown_paths(value: object, path: str = "") -> Iterator[str]:
    if value == UNKNOWN:
        yield path
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _unknown_paths(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown_paths(item, f"{path}[{index}]")

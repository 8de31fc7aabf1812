"""The ten shipped stacks, each recorded once a process."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from quadrant.recorder import Recording, record

ROOT = Path(__file__).resolve().parent.parent
SYSTEMS = ("agents", "carbon254", "motovault", "motovault-phase4", "pinky-promise")
STAGES = ("dev", "prod")
STACKS = [(system, stage) for system in SYSTEMS for stage in STAGES]

Manifest = dict[str, Any]


def stack_name(system: str, stage: str) -> str:
    """The stack's name; motovault's are the plain ones."""
    return stage if system == "motovault" else f"{system}-{stage}"


def config_of(system: str, stage: str) -> dict[str, str]:
    """A stack's configuration as the engine hands it over: text, or JSON for an object."""
    file = ROOT / f"Pulumi.{stack_name(system, stage)}.yaml"
    config = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


@cache
def recorded(system: str, stage: str) -> Recording:
    """What a stack registers."""
    return record(config_of(system, stage), stack_name(system, stage))


@cache
def previewed(system: str, stage: str) -> Recording:
    """What a stack registers as far as a preview knows it."""
    return record(config_of(system, stage), stack_name(system, stage), unknown=True)


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

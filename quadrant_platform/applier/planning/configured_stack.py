"""A stack configured for one cluster, and its objects with their generated values."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.object_keys import Objects, by_key
from quadrant_platform.applier.planning import generated_values
from quadrant_platform.model.expansion.workloads import installation_name
from quadrant_platform.model.loader import load_environment
from quadrant_platform.model.schema.environment import merged
from quadrant_platform.model.stack_file import ENVIRONMENT, OVERRIDES, load_stack
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.program.recorder import Recording, record
from quadrant_platform.program.rendering import Manifest, in_order
from quadrant_platform.program.runs import digest
from quadrant_platform.program.stacks import config_for, stack_file, stack_name
from quadrant_platform.vocabulary import TEMPLATE_ANNOTATION


@dataclass(frozen=True, slots=True)
class ConfiguredStack:
    """A stack, and its configuration for one cluster."""

    system: str
    stack: str
    """As the user names it."""
    config: dict[str, str]
    facts: ClusterFacts | None = None
    """What the cluster says of itself; None before it is known."""

    @property
    def name(self) -> str:
        """The name of the stack's file and of pulumi's stack."""
        return stack_name(self.system, self.stack)

    @property
    def options(self) -> str:
        """The options by which commands find it."""
        return f"--system {self.system} --stack {self.stack}"

    @property
    def stage(self) -> str:
        """The stage of its environment."""
        return self.config[ENVIRONMENT]

    @property
    def installation(self) -> str:
        """The name under which the cluster knows it."""
        return installation_name(*load_stack(self.config))

    @property
    def file(self) -> str:
        """The name of the stack's file."""
        return stack_file(self.system, self.stack).name

    @property
    def keeps_data(self) -> bool:
        """Whether the environment keeps data that its stack has not let go."""
        overrides = json.loads(self.config.get(OVERRIDES, "{}"))
        return load_environment(self.config[ENVIRONMENT], overrides).protect_data

    def recorded(self) -> Recording:
        """Return the resources that the stack registers, without values."""
        return record(self.config, self.name, facts=self.facts)

    def objects(self, values: generated_values.GeneratedValues) -> Objects:
        """Return the members of the stack's applyset with the values of their Secrets, in the order of application."""
        installation = self.installation
        recording = record(self.config, self.name, values=values.outputs, reveal=True, facts=self.facts)
        return by_key(_member(installation, manifest) for manifest in in_order(recording.manifests()))


def configure_stack(
    system: str, stack: str, overrides: Mapping[str, Any] = {}, facts: ClusterFacts | None = None
) -> ConfiguredStack:
    """Return a stack with the overrides of a cluster, over which its own take precedence, and with its facts."""
    config = config_for(system, stack)
    own = json.loads(config.get(OVERRIDES, "{}"))
    both = merged(dict(overrides), own)
    return ConfiguredStack(system, stack, config | ({OVERRIDES: json.dumps(both)} if both else {}), facts)


def _member(installation: str, manifest: Manifest) -> Manifest:
    metadata = dict(manifest["metadata"])
    metadata["labels"] = {**metadata.get("labels", {}), applyset.MEMBER: applyset.identity(installation)}
    if manifest["kind"] == "Job":
        metadata["annotations"] = {**metadata.get("annotations", {}), TEMPLATE_ANNOTATION: digest(manifest)}
    return {**manifest, "metadata": metadata}


def images_of(manifests: Iterable[Manifest]) -> list[str]:
    """Return every image once, sorted."""
    return sorted({image for manifest in manifests for image in _images(manifest.get("spec", {}))})


def _images(value: Any) -> Iterator[str]:
    """Yield the images of all containers, at whatever depth a kind keeps its pod template."""
    if isinstance(value, dict):
        if isinstance(value.get("image"), str) and "name" in value:
            yield value["image"]
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _images(member)

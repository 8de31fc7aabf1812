"""Configuration files, with the environment's values in them."""

import re
from dataclasses import dataclass, field
from functools import cached_property

import yaml

from quadrant_platform.model.expansion.external_apis import PlannedApi
from quadrant_platform.model.expansion.topology import Topology
from quadrant_platform.model.schema.service import ConfigFile

PLACEHOLDER = re.compile(r"\$\{(?:(?P<kind>egress):(?P<api>[^}]+)|(?P<word>logLevel))\}")


@dataclass(frozen=True)
class PlannedConfig:
    """A configuration file of this environment, and the namespaces in which workloads read it."""

    name: str
    spec: ConfigFile
    namespaces: tuple[str, ...]
    topology: Topology = field(repr=False)

    @cached_property
    def text(self) -> str:
        """Return the file's text with the environment's values in it."""
        return PLACEHOLDER.sub(self._value, file_text(self.spec))

    def _value(self, match: re.Match[str]) -> str:
        if match["word"]:
            return self.topology.environment.log_level
        return PlannedApi(match["api"], self.topology.system.external_apis[match["api"]]).url

    @property
    def object_name(self) -> str:
        """Return the name of the ConfigMap that holds it."""
        return f"config-{self.name}"


def file_text(config: ConfigFile) -> str:
    """Return a configuration file's text before the environment's values are in it."""
    text = config.content
    return (
        text if isinstance(text, str) else yaml.dump(text, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    )


def planned_configs(topology: Topology) -> dict[str, PlannedConfig]:
    """Return the configuration files of a system."""
    processes = {**topology.system.services, **topology.system.jobs}
    readers = [(topology.endpoints[name], process) for name, process in processes.items() if name in topology.endpoints]
    found: dict[str, PlannedConfig] = {}
    for name, config in topology.system.configs.items():
        namespaces = {endpoint.namespace for endpoint, process in readers if name in process.config}
        found[name] = PlannedConfig(name, config, tuple(sorted(namespaces)), topology)
    return found

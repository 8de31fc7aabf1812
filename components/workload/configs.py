"""Configs: every configuration file, in the namespaces of the workloads that read it."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from quadrant_platform.components.base.component import Component, Names
from quadrant_platform.components.builders.manifests import Manifest, config_map, metadata, part_of
from quadrant_platform.model.expansion.plan import Plan


class Configs(Component[Plan, Names]):
    """The ConfigMaps with a system's configuration files."""

    token = "workload:Configs"

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield one ConfigMap for each file and namespace."""
        for config in inputs.configs.values():
            files = {PurePosixPath(config.spec.path).name: config.text}
            for namespace in config.namespaces:
                yield config_map(metadata(namespace, config.object_name, part_of(inputs.name)), files)

    @staticmethod
    def results(inputs: Plan) -> Names:
        """Return the ConfigMaps."""
        return Names([config.object_name for config in inputs.configs.values()])

"""Configs: every configuration file, in the namespaces of the workloads that read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, config_map
from quadrant_platform.components.builders.volumes import config_name, rendered
from quadrant_platform.model.expansion.plan import Plan


class Configs(pulumi.ComponentResource):
    """The ConfigMaps with a system's configuration files."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:workload:Configs", name, None, opts)
        for manifest in objects(args.plan):
            register(self, manifest, args)
        self.register_outputs({})


def objects(plan: Plan) -> Iterator[Manifest]:
    """Yield one ConfigMap for each file and namespace."""
    labels = {"app.kubernetes.io/part-of": plan.system.name}
    for name, config in plan.system.configs.items():
        files = {PurePosixPath(config.path).name: rendered(plan, config)}
        for namespace in _readers(plan, name):
            yield config_map(namespace, config_name(name), files, labels)


def _readers(plan: Plan, config: str) -> list[str]:
    """Return the namespaces of the services and jobs that mount a file, each once."""
    processes = {**plan.system.services, **plan.system.jobs}
    here = {name: endpoint.namespace for name, endpoint in plan.topology.own()}
    return sorted({here[name] for name, process in processes.items() if name in here and config in process.config})

"""Priorities: which pods keep their place when a cluster runs full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.model.expansion.plan import Plan

Level = Literal["critical", "important", "supporting"]
VALUES: dict[Level, int] = {"critical": 1_000_000, "important": 500_000, "supporting": 100_000}
LEVEL_OF_TIER: dict[int, Level] = {1: "critical", 2: "important", 3: "supporting"}


class Priorities(pulumi.ComponentResource):
    """A system's priority classes; its only way in and its data stores are always critical."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:workload:Priorities", name, None, opts)
        for manifest in priority_classes(args.plan):
            register(self, manifest)
        self.register_outputs({})


def priority_classes(plan: Plan) -> Iterator[Manifest]:
    """Yield the classes that this system's workloads name."""
    used = _used(plan)
    for level, value in VALUES.items():
        if level in used:
            yield {
                "apiVersion": "scheduling.k8s.io/v1",
                "kind": "PriorityClass",
                "metadata": metadata(None, class_name(plan, level)),
                "value": value,
                "globalDefault": False,
                "description": f"{level} workloads of {plan.system.name}",
            }


def class_name(plan: Plan, level: Level) -> str:
    """Return the name of a system's priority class."""
    return f"{plan.system.name}-{level}"


def _used(plan: Plan) -> set[Level]:
    levels: set[Level] = set()
    if any(endpoint.kind not in ("service", "job") for _, endpoint in plan.topology.own()):
        levels.add("critical")
    for service in plan.system.services.values():
        levels.add(service.priority or LEVEL_OF_TIER[service.resources.tier])
    return levels | ({"supporting"} if plan.system.jobs else set())

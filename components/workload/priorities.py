"""Priorities: which pods keep their place when a cluster runs full."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Component, Names
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.planned import Level

VALUES: dict[Level, int] = {"critical": 1_000_000, "important": 500_000, "supporting": 100_000}


class Priorities(Component[Plan, Names]):
    """A system's priority classes; its only way in and its data stores are always critical."""

    token = "workload:Priorities"

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield the classes that this system's workloads name."""
        for level, value in VALUES.items():
            name = f"{inputs.name}-{level}"
            if name in inputs.priorities:
                yield {
                    "apiVersion": "scheduling.k8s.io/v1",
                    "kind": "PriorityClass",
                    "metadata": metadata(None, name),
                    "value": value,
                    "globalDefault": False,
                    "description": f"{level} workloads of {inputs.name}",
                }

    @staticmethod
    def results(inputs: Plan) -> Names:
        """Return the classes."""
        return Names(sorted(inputs.priorities))

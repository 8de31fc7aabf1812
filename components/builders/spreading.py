"""Spreading: on which nodes the copies of a workload run."""

from __future__ import annotations

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan


def spread(plan: Plan, endpoint: Endpoint) -> list[Manifest]:
    """Keep copies on different nodes, and in different zones where the environment has them.

    Nodes that take no such pods do not count: an empty control-plane node would hold back every second copy.
    """
    keys = ["kubernetes.io/hostname", *(["topology.kubernetes.io/zone"] if plan.environment.zones else [])]
    strict = "DoNotSchedule" if plan.environment.spread == "required" else "ScheduleAnyway"
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": strict if key.endswith("hostname") else "ScheduleAnyway",
            "nodeTaintsPolicy": "Honor",
            "labelSelector": {"matchLabels": dict(endpoint.labels)},
        }
        for key in keys
    ]

"""Spreading: on which nodes the copies of a workload run."""

from __future__ import annotations

from typing import Any

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.model.expansion.planned import Planned

HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"


def spread(planned: Planned[Any]) -> list[Manifest]:
    """Keep copies on different nodes, and in different zones where the environment has them.

    Nodes that take no such pods do not count: an empty control-plane node would hold back every second copy.
    """
    strict = "DoNotSchedule" if planned.settings.spread == "required" else "ScheduleAnyway"
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": strict if key == HOSTNAME else "ScheduleAnyway",
            "nodeTaintsPolicy": "Honor",
            "labelSelector": {"matchLabels": planned.endpoint.selector},
        }
        for key in ((HOSTNAME, ZONE) if planned.settings.zones else (HOSTNAME,))
    ]


def apart(planned: Planned[Any]) -> Manifest:
    """Return the affinity that keeps copies on different nodes: strictly, or as far as there are nodes."""
    term = {"labelSelector": {"matchLabels": planned.endpoint.selector}, "topologyKey": HOSTNAME}
    if planned.settings.spread == "required":
        return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}

"""Segments: a namespace each, closed by default, with the restricted pod profile, a quota and limit ranges."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import MANAGED_BY, Manifest, metadata
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.types import Segment

PROFILE = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
VERSIONS = {f"pod-security.kubernetes.io/{mode}-version": "latest" for mode in ("enforce", "audit", "warn")}
QUOTA = {
    "requests.cpu": "128",
    "requests.memory": "512Gi",
    "limits.cpu": "256",
    "limits.memory": "1Ti",
    "pods": "200",
    "persistentvolumeclaims": "50",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
}
"""Ceilings that catch a runaway, above the largest sizing profile at its most copies.

The frontend's one load balancer is added where it stands.
"""


class Segments(pulumi.ComponentResource):
    """The namespaces of a system, each denying all traffic in both directions until a row permits it."""

    site: BuildContext

    def __init__(self, name: str, args: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:network:Segments", name, None, opts)
        gates: dict[str, pulumi.Resource] = {}
        for segment in args.topology.segments:
            created = register(self, namespace(args, segment))
            closed = register(self, default_deny(args.namespace(segment)), after=[created])
            gates[args.namespace(segment)] = closed
            for limit in limits(args, segment):
                register(self, limit, after=[created])
        self.site = BuildContext(args, gates)
        self.register_outputs({"namespaces": sorted(gates)})


def namespace(plan: Plan, segment: Segment) -> Manifest:
    """Return a segment's namespace with its Pod Security labels."""
    settings = plan.system.segments.get(segment)
    labels = {
        "quadrant.dev/system": plan.system.name,
        "quadrant.dev/segment": segment.value,
        **PROFILE,
        **VERSIONS,
        **(settings.labels if settings else {}),
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(None, plan.namespace(segment), labels)}


def default_deny(name: str) -> Manifest:
    """Return the policy that selects every pod of a namespace and permits nothing."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, "default-deny", annotations={"quadrant.dev/why": "denied unless a row permits it"}),
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def limits(plan: Plan, segment: Segment) -> Iterator[Manifest]:
    """Yield the quota and the limit range; a container that states nothing gets the smallest size."""
    public = segment is Segment.FRONTEND and "edge" in plan.topology.endpoints
    hard = {**QUOTA, "services.loadbalancers": "1" if public else "0", "services.nodeports": "2" if public else "0"}
    place = plan.namespace(segment)
    yield {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata(place, "quota", MANAGED_BY),
        "spec": {"hard": hard},
    }
    yield {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": metadata(place, "limits", MANAGED_BY),
        "spec": {
            "limits": [
                {
                    "type": "Container",
                    "default": {"cpu": "500m", "memory": "512Mi"},
                    "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
                }
            ]
        },
    }

"""Segments: a namespace each, closed by default, with the restricted pod profile, a quota and limit ranges."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

import pulumi

from quadrant_platform.components.base.component import BuildContext, Component, Names
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata
from quadrant_platform.model.expansion.demand import demand
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.types import Segment
from quadrant_platform.quantities import parse_quantity
from quadrant_platform.vocabulary import (
    POD_SECURITY_PREFIX,
    SEGMENT_LABEL,
    STACK_LABEL,
    STATE_LABEL,
    SYSTEM_LABEL,
    WHY_ANNOTATION,
)

PROFILE = {f"{POD_SECURITY_PREFIX}{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
VERSIONS = {f"{POD_SECURITY_PREFIX}{mode}-version": "latest" for mode in ("enforce", "audit", "warn")}
QUOTA = {
    "requests.cpu": "128",
    "requests.memory": "512Gi",
    "limits.cpu": "256",
    "limits.memory": "1Ti",
    "pods": "200",
    "persistentvolumeclaims": "50",
}
"""Ceilings that catch a runaway, and grow with what the pods may ask for.

Load balancers and their node ports are counted by segment: the frontend alone may have one.
"""

SPARE_CLAIMS = 10
"""Room for the claims that operators make, and for those that are no longer wanted and stay."""


class Segments(Component[Plan, Names]):
    """The namespaces of a system, each denying all traffic in both directions until a row permits it."""

    token = "network:Segments"
    context: BuildContext
    """For the components in these namespaces: their objects wait for the denial."""

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield each namespace, its denial, and its limits."""
        for segment in inputs.topology.segments:
            yield namespace(inputs, segment)
            yield default_deny(inputs.namespace(segment))
            yield from limits(inputs, segment)

    @staticmethod
    def results(inputs: Plan) -> Names:
        """Return the namespaces."""
        return Names(sorted(inputs.namespace(segment) for segment in inputs.topology.segments))

    def build(self, context: BuildContext, inputs: Plan) -> None:
        """Register each namespace's objects after the namespace."""
        context = replace(context, prefix=inputs.prefix)
        created, denies = None, {}
        for one in self.manifests(inputs):
            made = context.register(
                self, _marked(one, context.state), [created] if created and one["kind"] != "Namespace" else ()
            )
            if one["kind"] == "Namespace":
                created = made
            elif one["kind"] == "NetworkPolicy":
                denies[one["metadata"]["namespace"]] = made
        self.context = replace(context, default_denies=denies)


def _marked(one: Manifest, state: pulumi.Output[str] | None) -> Manifest:
    """Return an object, a namespace with the identity of the state that it comes from."""
    if state is None or one["kind"] != "Namespace":
        return one
    meta = one["metadata"]
    return one | {"metadata": meta | {"labels": meta["labels"] | {STATE_LABEL: state}}}


def namespace(plan: Plan, segment: Segment) -> Manifest:
    """Return a segment's namespace with its Pod Security labels."""
    owner = {SYSTEM_LABEL: plan.name} | ({STACK_LABEL: plan.stack} if plan.stack else {})
    labels = {**owner, SEGMENT_LABEL: segment.value, **PROFILE, **VERSIONS, **plan.segment_labels(segment)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(None, plan.namespace(segment), labels)}


def default_deny(name: str) -> Manifest:
    """Return the policy that selects every pod of a namespace and permits nothing."""
    meta = metadata(name, "default-deny", annotations={WHY_ANNOTATION: "denied unless a row permits it"})
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return manifest("networking.k8s.io/v1", "NetworkPolicy", meta, spec)


def limits(plan: Plan, segment: Segment) -> Iterator[Manifest]:
    """Yield the quota and the limit range; a container that states nothing gets the smallest size."""
    place = plan.namespace(segment)
    yield manifest("v1", "ResourceQuota", metadata(place, "quota"), {"hard": quota(plan, segment)})
    smallest = {
        "type": "Container",
        # A default limit would be one for all containers, also for those that request more.
        "default": {**({"cpu": "500m"} if plan.settings.cpu_limits else {}), "memory": "512Mi"},
        "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
    }
    yield manifest("v1", "LimitRange", metadata(place, "limits"), {"limits": [smallest]})


def quota(plan: Plan, segment: Segment) -> Manifest:
    """Return the ceilings of a namespace; without CPU limits there is none on their sum."""
    public = segment is Segment.FRONTEND and plan.edge is not None
    place = plan.namespace(segment)
    claims = sum(len(holder.objects) for holder in plan.retention.holders if holder.namespace == place)
    asked = demand(one for one in plan.workloads() if one.endpoint.namespace == place)
    needed = {
        "pods": asked.pods,
        # All of an autoscaler's copies have theirs from the beginning.
        "persistentvolumeclaims": claims + SPARE_CLAIMS,
        "requests.cpu": ceil(asked.requested[0] / 1000),
        "requests.memory": f"{ceil(asked.requested[1] / 2**30)}Gi",
        "limits.cpu": ceil(asked.limited[0] / 1000),
        "limits.memory": f"{ceil(asked.limited[1] / 2**30)}Gi",
    }
    hard = {key: max(least, str(needed[key]), key=parse_quantity) for key, least in QUOTA.items()}
    if not plan.settings.cpu_limits:
        del hard["limits.cpu"]
    return hard | {"services.loadbalancers": "1" if public else "0", "services.nodeports": "2" if public else "0"}

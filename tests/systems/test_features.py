"""A stack has the objects of the features that its system uses, and none of any other."""

from collections.abc import Callable

import pytest

from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import external_apis, in_cluster
from quadrant_platform.model.schema.service import Autoscaling
from tests.stacks import STACKS, of_kind, planned, recorded

Uses = Callable[[Plan], bool]


def _routes(plan: Plan) -> bool:
    return any(plan.environment.name in route.stages for route in plan.system.edge.routes.values())


def _managed(plan: Plan) -> bool:
    return plan.environment.databases == "cloudNativePg"


def _managed_databases(plan: Plan) -> bool:
    inside = in_cluster(plan.system, plan.environment).values()
    return _managed(plan) and any(database.engine == "postgresql" for database in inside)


def _jobs(scheduled: bool) -> Uses:
    return lambda plan: any(
        plan.environment.name in job.stages and (job.schedule is not None) == scheduled
        for job in plan.system.jobs.values()
    )


def _autoscaled(plan: Plan) -> bool:
    declared = any(isinstance(service.replicas, Autoscaling) for service in plan.system.services.values())
    return declared and plan.environment.copies == "declared"


def _vault(plan: Plan) -> bool:
    return plan.environment.secrets == "vault" and bool(plan.system.secrets)


FEATURES: dict[str, Uses] = {
    "IngressRoute": _routes,
    "TLSStore": _routes,
    "TLSOption": _routes,
    "Job": _jobs(scheduled=False),
    "CronJob": _jobs(scheduled=True),
    "HorizontalPodAutoscaler": _autoscaled,
    "Cluster": _managed_databases,
    "Pooler": lambda plan: _managed(plan) and bool(plan.system.poolers),
    "ExternalSecret": _vault,
    "SecretStore": _vault,
    "Secret": lambda plan: plan.environment.secrets == "generated" and bool(plan.system.secrets),
    "EndpointSlice": lambda plan: bool(plan.environment.external_databases),
}
"""The reason for which a kind is in a stack; without it, the kind is absent."""


@pytest.mark.parametrize("kind", sorted(FEATURES))
@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_kind_is_there_exactly_where_its_feature_is_used(system: str, stage: str, kind: str) -> None:
    present, used = bool(of_kind(system, stage, kind)), FEATURES[kind](planned(system, stage))
    assert present == used, f"{kind}: an unused object is work without a purpose, a missing one a gap"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_the_way_out_is_there_exactly_where_an_api_is_called(system: str, stage: str) -> None:
    some = planned(system, stage)
    names = {manifest["metadata"]["name"] for manifest in of_kind(system, stage, "Deployment")}
    assert ("traefik-egress" in names) == bool(external_apis(some.system, some.environment)), "no API, no way out"
    assert ("traefik" in names) == bool(some.system.edge.routes), "no route, no way in"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_the_resources_of_a_stack_are_those_of_its_own_system(system: str, stage: str) -> None:
    systems = {
        manifest["metadata"]["labels"]["app.kubernetes.io/part-of"]
        for manifest in recorded(system, stage).manifests()
        if "app.kubernetes.io/part-of" in manifest["metadata"].get("labels", {})
    }
    assert systems == {system}, "two systems share a cluster, and nothing else"

"""Quotas: ceilings that no declared size reaches, at the most copies and during a release."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from quadrant_platform.model.loader import load_system, system_file
from quadrant_platform.quantities import parse_quantity
from tests.demands.variants import with_settings
from tests.stacks import SYSTEMS, Manifest, pod_specs

RESOURCES = [f"{kind}.{what}" for kind in ("requests", "limits") for what in ("cpu", "memory")]


def _profiles() -> Iterator[tuple[str, str | None]]:
    """Every system with each of its sizing profiles, and with none."""
    for name in SYSTEMS:
        system = load_system(system_file(name))
        services = [service.resources for service in system.services.values()]
        databases = [database.resources for database in system.databases.values()]
        yield name, None
        yield from ((name, profile) for profile in sorted({p for one in services + databases for p in one.profiles}))


def _wanted(workload: Manifest, most: dict[str, int]) -> Counter[str]:
    """What the pods of a workload ask for together."""
    spec = workload["spec"]
    copies = most.get(workload["metadata"]["name"], spec.get("replicas", spec.get("instances", 1)))
    copies += workload["kind"] == "Deployment"
    stated = [one["resources"] for pod in pod_specs(workload) for one in pod["containers"]]
    stated = stated if workload["kind"] != "Cluster" else [spec["resources"]]
    total: Counter[str] = Counter()
    for one in stated:
        for resource in RESOURCES:
            kind, what = resource.split(".")
            total[resource] += copies * parse_quantity(one[kind][what])
    return total


@pytest.mark.parametrize(("system", "profile"), list(_profiles()))
def test_every_sizing_profile_fits_the_quotas_at_its_most_copies(system: str, profile: str | None) -> None:
    stack = with_settings(system, "prod", **({"sizeProfile": profile} if profile else {}))
    scalers = (one["spec"] for one in stack if one["kind"] == "HorizontalPodAutoscaler")
    most = {spec["scaleTargetRef"]["name"]: spec["maxReplicas"] for spec in scalers}
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for workload in stack:
        if workload["kind"] in ("Deployment", "StatefulSet", "CronJob", "Job", "Cluster", "Pooler"):
            wanted[workload["metadata"]["namespace"]].update(_wanted(workload, most))
    quotas = {one["metadata"]["namespace"]: one["spec"]["hard"] for one in stack if one["kind"] == "ResourceQuota"}
    for namespace, total in wanted.items():
        for resource in RESOURCES:
            most_of = parse_quantity(quotas[namespace][resource])
            assert total[resource] <= most_of, f"{namespace}: {resource} would hold back the last copies"

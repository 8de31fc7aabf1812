"""Containers: restricted, sized and probed alike, whatever runs in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quadrant_platform.components.builders import containers
from quadrant_platform.model.schema.service import TIERS, Size
from quadrant_platform.quantities import parse_quantity
from tests.components.sample import Manifest, planned_workload

STAGES = ("dev", "prod")


def container() -> Manifest:
    """A container with nothing but an image."""
    return containers.container("api", "shop/api:1.0.0", {})


def test_a_container_may_write_nothing_but_its_volumes() -> None:
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
    }, "the restricted profile, and a read-only root besides"


@given(st.sampled_from(STAGES), st.sampled_from([1, 2, 3]), st.booleans())
def test_requests_are_canonical_and_never_above_the_limits(stage: str, tier: int, store: bool) -> None:
    found = containers.resources(planned_workload(stage, "session" if store else "api"), TIERS[tier])
    for resource in ("cpu", "memory"):
        request, limit = found["requests"][resource], found["limits"][resource]
        assert parse_quantity(request) <= parse_quantity(limit), f"{resource}: no node could place it"
    canonical = Size.model_validate(found["requests"])
    assert found["requests"] == canonical.model_dump(mode="json"), (
        "another spelling would differ from the cluster's for ever"
    )


def test_requests_are_the_environments_share_of_the_limits() -> None:
    found = {stage: containers.resources(planned_workload(stage), TIERS[1])["requests"] for stage in STAGES}
    assert found["dev"] == {"cpu": "200m", "memory": "205Mi"}, "a tenth, so that a laptop holds all of it"
    assert found["prod"] == {"cpu": "1", "memory": "1Gi"}, "half"
    store = containers.resources(planned_workload("prod", "session"), TIERS[1])
    assert store["requests"] == {"cpu": "2", "memory": "2Gi"}, "stores: all"


def test_limits_of_the_cpu_can_be_left_out() -> None:
    found = containers.resources(planned_workload(cpuLimits=False), TIERS[1])
    assert found["limits"] == {"memory": "2Gi"}, "throttling costs latency"


@pytest.mark.parametrize(
    ("stage", "readiness"),
    [("dev", (15, 5, 3)), ("prod", (3, 2, 2))],
)
def test_probes_have_the_environments_timing(stage: str, readiness: tuple[int, int, int]) -> None:
    action, timing = containers.tcp_probe(6379), planned_workload(stage).settings.probes
    found = containers.probes(timing, action, action, action)
    times = {name: (p["periodSeconds"], p["timeoutSeconds"], p["failureThreshold"]) for name, p in found.items()}
    liveness = (15, 5, 6 if stage == "dev" else 3)
    assert times == {"startupProbe": (5, 5, 9), "readinessProbe": readiness, "livenessProbe": liveness}, (
        "forty-five seconds to start, and the stage's patience after: what is not ready is not killed at once"
    )
    other = containers.probes(timing, action, action, containers.http_probe("/live", 80))["livenessProbe"]
    assert other["failureThreshold"] == 3, "another question has the stage's own count"
    assert all(probe["tcpSocket"] == {"port": 6379} for probe in found.values()), "the action is the caller's"


def test_a_probe_by_http_names_no_host() -> None:
    found = containers.http_probe("/health", 80)["httpGet"]
    assert "host" not in found, "a host would let the kubelet call elsewhere"


def test_empty_fields_are_left_out() -> None:
    assert set(container()) == {"name", "image", "imagePullPolicy", "resources", "securityContext"}, "no noise"

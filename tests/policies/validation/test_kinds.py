"""What the API server refuses is named by its path, and what cannot be judged is left alone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quadrant_platform.policies.validation.field_errors import ErrorKind
from quadrant_platform.policies.validation.kinds import KINDS, errors_of
from tests.policies.builders import changed, workload

POD = "spec/template/spec"
SPEC = "spec.template.spec"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)
PLACES = [
    "metadata", "metadata/labels", "spec", "spec/selector", "spec/strategy", "spec/template", POD, f"{POD}/containers",
    f"{POD}/containers/0", f"{POD}/containers/0/resources", f"{POD}/containers/0/livenessProbe", f"{POD}/volumes",
    f"{POD}/volumes/0", f"{POD}/topologySpreadConstraints", f"{POD}/securityContext", f"{POD}/affinity",
]  # fmt: skip


def paths(manifest: Any) -> list[str]:
    return [error.path for error in errors_of(manifest)]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_a_good_workload_of_every_kind_is_taken(kind: str) -> None:
    assert paths(workload(kind=kind)) == [], "the API server takes it"


def test_a_wrong_type_is_said_once_and_the_rest_is_judged() -> None:
    broken = changed(workload(), f"{POD}/containers/0/image", 5)
    found = errors_of(changed(broken, "spec/replicas", -1))
    assert [(one.path, one.kind) for one in found] == [
        (f"{SPEC}.containers[0].image", ErrorKind.TYPE), ("spec.replicas", ErrorKind.INVALID),
    ], "an image is there, although it is none"  # fmt: skip


@pytest.mark.parametrize("path", [
    "metadata/name", "spec/replicas", f"{POD}/containers/0/name", f"{POD}/containers/0/image", f"{POD}/volumes/0/name",
    f"{POD}/containers/0/resources/requests/memory", f"{POD}/topologySpreadConstraints/0/whenUnsatisfiable",
    "spec/selector/matchLabels", "spec/template/metadata/labels", f"{POD}/containers",
])  # fmt: skip
def test_nothing_is_said_of_a_value_that_is_not_known_yet(path: str) -> None:
    assert paths(changed(workload(), path, object())) == [], "it may be right"


@given(st.sampled_from(PLACES), JSON)
@settings(max_examples=150, deadline=None)
def test_values_of_any_shape_are_judged_without_a_crash(path: str, value: Any) -> None:
    assert all(error.path for error in errors_of(changed(workload(), path, value))), "each error has its place"


def test_a_custom_kind_is_asked_for_its_metadata_alone() -> None:
    custom = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "A_b"}, "spec": {"x": 1}}
    assert paths(custom) == ["metadata.name"], "its fields are those of its definition"


def test_every_kind_that_makes_pods_has_rules() -> None:
    workloads = {"Pod", "PodTemplate", "ReplicationController", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet",
                 "Job", "CronJob"}  # fmt: skip
    assert workloads <= {kind for _, kind in KINDS}, "each is validated when it is created"

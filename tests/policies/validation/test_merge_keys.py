"""Elements that server-side apply takes for one are found in every list of a native kind."""

from typing import Any

import pytest

from quadrant_platform.policies.validation.merge_keys import repeated_elements
from tests.policies.builders import UNKNOWN, changed, workload

CONTAINER = "spec/template/spec/containers/0"
PORT = {"containerPort": 3001}


@pytest.mark.parametrize(("field", "value", "place"), [
    ("env", [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}], "env[1]"),
    ("ports", [{**PORT, "name": "a"}, {**PORT, "name": "b", "protocol": "TCP"}], "ports[1]"),
    ("volumeMounts", [{"name": "a", "mountPath": "/x"}, {"name": "b", "mountPath": "/x"}], "volumeMounts[1]"),
])  # fmt: skip
def test_an_element_that_is_there_twice_is_named(field: str, value: Any, place: str) -> None:
    [found] = repeated_elements(changed(workload(), f"{CONTAINER}/{field}", value))
    assert found.path == f"spec.template.spec.containers[0].{place}", "the second one is too many"


@pytest.mark.parametrize(("field", "value"), [
    ("env", [{"name": "A"}, {"name": "B"}]),
    ("ports", [PORT, {**PORT, "protocol": "UDP"}]),
    ("env", [{"name": object()}, {"name": object()}]),
    ("args", ["-v", "-v"]),
    ("env", "text"),
    ("env", [None, 5]),
])  # fmt: skip
def test_elements_that_can_be_told_apart_or_not_read_are_left_alone(field: str, value: Any) -> None:
    assert not repeated_elements(changed(workload(), f"{CONTAINER}/{field}", value)), "each is an element of its own"


@pytest.mark.parametrize("manifest", [None, [], {}, {"kind": 5}, {"apiVersion": "x/v1", "kind": "Deployment"}, UNKNOWN])
def test_what_is_no_native_object_has_no_such_lists(manifest: Any) -> None:
    assert not repeated_elements(manifest), "nothing is known of its lists"

"""Names and texts just within their limits pass, and one letter more is found."""

from __future__ import annotations

import pytest

from tests.policies.builders import Manifest, changed, obj, workload
from tests.policies.judging import rules


def broken(manifest: Manifest) -> set[str]:
    """The policies of this room that an object breaks."""
    return {policy for policy, _ in rules(manifest)} & {"names-leave-room", "small-enough-to-apply"}


@pytest.mark.parametrize(("length", "found"), [(52, set()), (53, {"names-leave-room"})])
def test_the_name_of_a_stateful_set_leaves_room_for_its_revision(length: int, found: set[str]) -> None:
    """Kubernetes issue 64023: with 53 letters and a hash of ten, each pod is refused."""
    named = changed(workload(kind="StatefulSet"), "metadata/name", "a" * length)
    assert broken(named) == found, "63 characters are the most for a label"


def test_other_workloads_may_have_longer_names() -> None:
    named = changed(workload(kind="Deployment"), "metadata/name", "a" * 60)
    assert not broken(named), "their pods carry no label with the name"


@pytest.mark.parametrize(("more", "found"), [(0, set()), (1, {"small-enough-to-apply"})])
def test_a_config_map_fits_into_an_annotation(more: int, found: set[str]) -> None:
    config = obj("v1", "ConfigMap", "site", "backend") | {"data": {"a": "é" * 65536, "b": "x" * (131072 + more)}}
    assert broken(config) == found, "bytes of all files count"

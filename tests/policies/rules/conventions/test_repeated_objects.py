"""Objects that a set of manifests has twice."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.core import Object
from quadrant_platform.policies.pack import check
from tests.policies.builders import Manifest, changed, obj, service


def found(*manifests: Manifest) -> list[str]:
    """Return what is said of objects that are there twice, each read from a file of its own."""
    placed = [Object(one, f"{number}.yaml", 1) for number, one in enumerate(manifests)]
    return [one.message for one in check(placed) if one.policy == "objects-once"]


def test_an_object_in_two_files_is_found_at_the_second() -> None:
    assert found(service(), service("web"), service()) == ["it is also in 0.yaml:1"], "which wins is chance"


@pytest.mark.parametrize("other", [
    service(segment="frontend"),
    changed(service(), "metadata/name", "web"),
    obj("serving.knative.dev/v1", "Service", "api", "backend"),
])  # fmt: skip
def test_another_place_name_or_group_is_another_object(other: Manifest) -> None:
    assert found(service(), other) == [], "both are applied"


def test_another_version_of_the_same_group_is_the_same_object() -> None:
    old, new = (obj(f"autoscaling/{version}", "HorizontalPodAutoscaler", "api") for version in ("v1", "v2"))
    assert len(found(old, new)) == 1, "the API server keeps one"


def in_folder(name: str, *, assumed: bool) -> Object:
    return Object(service(), f"{name}/a.yaml", 1, namespace_assumed=assumed)


@pytest.mark.parametrize(
    ("folders", "assumed", "twice"),
    [(("staging", "production"), True, False), (("a", "a"), True, True), (("staging", "production"), False, True)],
)
def test_what_has_no_namespace_is_compared_within_one_folder(
    folders: tuple[str, ...], assumed: bool, twice: bool
) -> None:
    found = check([in_folder(name, assumed=assumed) for name in folders])
    assert ("objects-once" in {one.policy for one in found}) is twice, "folders may be applied to different namespaces"

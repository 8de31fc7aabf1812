"""Every object of a built-in kind follows the published schema of its kind, to the last field."""

import importlib
import re
from functools import cache
from typing import Any

import pytest

from tests.stacks import STACKS, identity, recorded

FEWEST_OBJECTS = 10
# The package has no types, and none are needed.
SCHEMAS: Any = importlib.import_module("kubernetes_validate")
READER: Any = importlib.import_module("kubernetes_validate.utils")
# It would read megabytes of definitions anew for each object.
READER.schema_contents = cache(READER.schema_contents)


@cache
def version() -> str:
    """The newest version that the package has, 1.34 at the least."""
    newest: str = SCHEMAS.latest_version()
    assert tuple(map(int, newest.split(".")))[:2] >= (1, 34), "older schemas lack fields that the objects use"
    return newest


def built_in(api_version: str) -> bool:
    """Whether an API version is one of Kubernetes' own."""
    group = api_version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_every_built_in_object_follows_its_schema(system: str, stage: str) -> None:
    objects = [manifest for manifest in recorded(system, stage).manifests() if built_in(manifest["apiVersion"])]
    assert len(objects) >= FEWEST_OBJECTS, "namespaces, policies and pods are built-in kinds"
    wrong = [problem for manifest in objects if (problem := _problem(manifest))]
    assert not wrong, "the API server would refuse these:\n" + "\n".join(wrong)


def _problem(manifest: dict[str, Any]) -> str | None:
    try:
        SCHEMAS.validate(manifest, version(), strict=True)
    except SCHEMAS.ValidationError as error:
        return f"{identity(manifest)}: {error.message} at {error.path}"
    return None


def test_an_unknown_field_of_an_object_is_found() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [], "colour": "red"}}
    problem = _problem(pod)
    assert problem is not None, "otherwise the check above would prove nothing"
    assert re.search("colour", problem), "and it names the field"


def test_a_missing_field_of_an_object_is_found() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {}}
    assert _problem(pod) is not None, "a pod needs containers"

"""The judge is what it is taken for: it reads strictly, sets defaults and names fields as the API server does."""

import pytest

from tests.policies.validation.kubernetes import Manifest, Verdict, judge
from tests.stacks import STACKS, recorded

pytestmark = [pytest.mark.oracle, pytest.mark.usefixtures("validation")]


def _verdict(**fields: object) -> Verdict:
    [found] = judge([{"metadata": {"name": "one", "namespace": "shop"}, **fields}])
    return found


def test_a_field_is_named_as_the_api_server_names_it() -> None:
    ports = [{"port": 80}, {"name": "b", "port": 70000}]
    found = _verdict(apiVersion="v1", kind="Service", spec={"ports": ports})
    assert found.fields == {"spec.ports[0].name", "spec.ports[1].port", "spec.ports[1].targetPort"}, "of a default too"


def test_an_unknown_field_and_a_wrong_type_are_unreadable() -> None:
    assert "unknown field" in _verdict(apiVersion="v1", kind="ConfigMap", datas={}).unreadable, "reading is strict"
    assert "cannot unmarshal" in _verdict(apiVersion="v1", kind="ConfigMap", data={"a": 1}).unreadable, "no text"


def test_a_service_is_judged_with_the_addresses_that_it_would_get() -> None:
    spec = {"ports": [{"port": 80}], "ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4", "IPv6"]}
    found = _verdict(apiVersion="v1", kind="Service", spec=spec)
    assert found.fields == {"spec.ipFamilyPolicy"}, "which is found before the rest is looked at"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_every_native_object_of_a_stack_is_created(system: str, stage: str) -> None:
    native: list[Manifest] = [one for one in recorded(system, stage).manifests() if is_native(one)]
    refused = [(one["kind"], found) for one, found in zip(native, judge(native), strict=True) if not found.accepts]
    assert native, "there is something to judge"
    assert not refused, "what we render is accepted"


def is_native(manifest: Manifest) -> bool:
    """Return whether a kind is one of Kubernetes' own."""
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")

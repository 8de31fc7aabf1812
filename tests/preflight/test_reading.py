"""The facts of a cluster, as kubectl tells them; what its user may not read is unknown."""

import json
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.kubectl import KubectlError
from quadrant_platform.preflight.facts import Claim, StorageClass
from quadrant_platform.preflight.reading import read_facts
from tests.preflight.scripted_kubectl import scripted

UID = "6b8f3c1e-52a4-4f0e-9d34-7a0e1f4b2c55"
RESOURCES = """\
namespaces               ns    v1                      false   Namespace
persistentvolumeclaims   pvc   v1                      true    PersistentVolumeClaim
services                 svc   v1                      true    Service
servicecidrs                   networking.k8s.io/v1    false   ServiceCIDR
storageclasses           sc    storage.k8s.io/v1       false   StorageClass
"""
FORBIDDEN = (
    'Error from server (Forbidden): {0} is forbidden: User "ci" cannot list resource "{0}" '
    'in API group "{1}" at the cluster scope\n'
)


def one(version: str, kind: str, name: str, namespace: str = "", **rest: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **rest.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


NAMESPACES = [
    one("v1", "Namespace", "kube-system", metadata={"uid": UID}),
    one("v1", "Namespace", "shop", metadata={"labels": {"team": "a"}}),
]
OTHERS = [
    one("v1", "Service", "kubernetes", "default", spec={"clusterIPs": ["10.43.0.1", "fd::1"]}),
    one("v1", "Service", "db", "shop", spec={"clusterIPs": ["None"]}),
    one("v1", "Service", "outside", "shop", spec={"type": "ExternalName", "externalName": "x.example"}),
    one("v1", "PersistentVolumeClaim", "data-db-0", "shop",
        spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}},
              "storageClassName": "slow"},
        status={"phase": "Bound"}),
    one("networking.k8s.io/v1", "ServiceCIDR", "kubernetes", spec={"cidrs": ["10.43.0.0/16", "fd::/108"]}),
    one("storage.k8s.io/v1", "StorageClass", "slow", allowVolumeExpansion=True,
        metadata={"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}),
    one("storage.k8s.io/v1", "StorageClass", "fixed"),
]  # fmt: skip

CLAIM = Claim("5Gi", "slow", ("ReadWriteOnce",), bound=True)


def listed(*objects: dict[str, Any]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


ENDPOINTS = one(
    "discovery.k8s.io/v1", "EndpointSlice", "kubernetes", "default", endpoints=[{"addresses": ["10.2.0.7"]}]
)


def test_everything_is_read_with_three_calls(tmp_path: Path) -> None:
    answers = {
        "api-resources": (0, RESOURCES, ""),
        "get endpointslices kubernetes --namespace default": (0, listed(ENDPOINTS), ""),
        "get ": (0, listed(*NAMESPACES, *OTHERS), ""),
    }
    facts = read_facts(scripted(tmp_path, answers))
    assert facts.uid == UID, "the UID of kube-system"
    assert facts.service_ranges == ("10.43.0.0/16", "fd::/108"), "both families"
    addresses = {"10.43.0.1": "default/kubernetes", "fd::1": "default/kubernetes"}
    assert facts.service_addresses == addresses, "headless and external Services have none"
    assert facts.api_addresses == ("10.43.0.1", "fd::1", "10.2.0.7"), "the Service's, and what is behind it"
    assert facts.storage_classes == {"slow": StorageClass(True, True), "fixed": StorageClass(False, False)}, "classes"
    assert facts.claims == {"shop/data-db-0": CLAIM}, "by namespace and name"
    assert facts.namespaces == {"kube-system": {}, "shop": {"team": "a"}}, "labels by name"
    assert ("networking.k8s.io/v1", "ServiceCIDR") in (facts.kinds or ()), "kinds with their version"


def test_what_the_user_may_not_list_is_unknown_and_the_rest_is_read(tmp_path: Path) -> None:
    refused = FORBIDDEN.format("services", "") + FORBIDDEN.format("namespaces", "")
    answers = {
        "api-resources": (0, RESOURCES, ""),
        "get namespace kube-system": (0, UID, ""),
        "get ": (1, listed(OTHERS[3]), refused),
    }
    facts = read_facts(scripted(tmp_path, answers))
    assert (facts.service_addresses, facts.namespaces) == (None, None), "unknown is not empty"
    assert facts.api_addresses is None, "half of the addresses would close the way to the others"
    assert facts.storage_classes == {}, "an empty answer is an answer"
    assert facts.claims == {"shop/data-db-0": CLAIM}, "one refusal hides one kind"
    assert facts.uid == UID, "asked alone, because this much is often permitted"


def test_an_older_cluster_does_not_say_its_ranges(tmp_path: Path) -> None:
    older = "".join(line for line in RESOURCES.splitlines(keepends=True) if "servicecidrs" not in line)
    answers = {"api-resources": (0, older, ""), "get ": (0, listed(*NAMESPACES), "")}
    facts = read_facts(scripted(tmp_path, answers))
    assert facts.service_ranges is None, "ServiceCIDR is served since Kubernetes 1.31 only"


def test_without_an_identity_nothing_is_done_and_the_right_is_named(tmp_path: Path) -> None:
    answers = {
        "api-resources": (0, RESOURCES, ""),
        "get namespace kube-system": (1, "", 'Error from server (Forbidden): User "ci" cannot get resource\n'),
        "get ": (1, listed(), FORBIDDEN.format("namespaces", "")),
    }
    with pytest.raises(BadInput, match=r"UID of its namespace kube-system, cannot be read.*create clusterrole "):
        read_facts(scripted(tmp_path, answers))


def test_another_failure_is_no_lack_of_rights(tmp_path: Path) -> None:
    answers = {"api-resources": (0, RESOURCES, ""), "get ": (1, "", "error: connection reset by peer\n")}
    with pytest.raises(KubectlError, match="connection reset"):
        read_facts(scripted(tmp_path, answers))

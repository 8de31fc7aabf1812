"""The reading of a cluster's facts, in three calls of kubectl."""

import re
import shlex
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Answer, Kubectl, KubectlError, parsed
from quadrant_platform.places import place_of
from quadrant_platform.preflight.facts import Claim, ClusterFacts, StorageClass
from quadrant_platform.preflight.serving import Served, served

_HOME = "kube-system"
_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_NAMESPACE, _SERVICE, _CLAIM = ("", "Namespace"), ("", "Service"), ("", "PersistentVolumeClaim")
_CLASS, _RANGE = ("storage.k8s.io", "StorageClass"), ("networking.k8s.io", "ServiceCIDR")
_API = "kubernetes"
"""The Service of the API server in the namespace `default`, and the slices of its endpoints."""
_OWN_RANGE = "kubernetes"
"""The ServiceCIDR that the API server makes; its first block is of the family that Services get."""
_NAMED = (
    ("scheduling.k8s.io", "PriorityClass"),
    ("networking.k8s.io", "IngressClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("cert-manager.io", "ClusterIssuer"),
    ("external-secrets.io", "ClusterSecretStore"),
)
_READ = (_NAMESPACE, _SERVICE, _CLAIM, _CLASS, _RANGE, *_NAMED)
_FORBIDDEN = re.compile(r'cannot list resource "(\w+)"')

GroupKind = tuple[str, str]
"""Group and name of a kind."""
Objects = list[dict[str, Any]]
Value = TypeVar("Value")


def read_facts(kubectl: Kubectl, table: Served | None = None) -> ClusterFacts:
    """Return what a cluster says of itself; `table` is what it serves, where that is known already.

    BadInput where its user may not read the cluster's identity; KubectlError where a call fails.
    """
    table = served(kubectl) if table is None else table
    found = _listed(kubectl, table)
    namespaces = found.get(_NAMESPACE)
    home = next((one for one in namespaces or () if one["metadata"]["name"] == _HOME), None)
    return ClusterFacts(
        uid=home["metadata"]["uid"] if home else identity(kubectl),
        service_ranges=_ranges(found.get(_RANGE)),
        service_addresses=_addresses(found.get(_SERVICE)),
        api_addresses=_api_addresses(kubectl, found.get(_SERVICE)),
        storage_classes=_by_name(found.get(_CLASS), _storage_class),
        claims=_by_name(found.get(_CLAIM), _claim),
        namespaces=_by_name(namespaces, lambda one: one["metadata"].get("labels", {})),
        names={
            kind: frozenset(one["metadata"]["name"] for one in found[group, kind])
            for group, kind in _NAMED
            if (group, kind) in found
        },
        kinds=frozenset(table) or None,
    )


def _listed(kubectl: Kubectl, table: Served) -> dict[GroupKind, Objects]:
    """Return the objects of each kind that the cluster serves and its user may list."""
    arguments = {key: argument for key in _READ if (argument := _argument(table, key)) is not None}
    answer = kubectl.run("get", ",".join(arguments.values()), "--all-namespaces", "-o", "json")
    hidden = _hidden(answer)
    found: dict[GroupKind, Objects] = {
        key: [] for key, argument in arguments.items() if argument.partition(".")[0] not in hidden
    }
    for one in parsed(answer.out):
        found[one["apiVersion"].rpartition("/")[0], one["kind"]].append(one)
    return found


def _api_addresses(kubectl: Kubectl, services: Objects | None) -> tuple[str, ...] | None:
    """Return where pods reach the API server, the Service first; None where one of the two is hidden."""
    answer = kubectl.run("get", "endpointslices", _API, "--namespace", "default", "--ignore-not-found", "-o", "json")
    if services is None or answer.code != 0:
        return None
    own = [address for address, name in (_addresses(services) or {}).items() if name == f"default/{_API}"]
    endpoints = [endpoint for one in parsed(answer.out) for endpoint in one.get("endpoints") or ()]
    return (*own, *(address for endpoint in endpoints for address in endpoint["addresses"]))


def _argument(table: Served, wanted: GroupKind) -> str | None:
    there = (one for (version, kind), one in table.items() if (version.rpartition("/")[0], kind) == wanted)
    return next((one.argument for one in there), None)


def _hidden(answer: Answer) -> Collection[str]:
    """Return the resources that the user may not list; KubectlError where a call failed for another reason."""
    complaints = answer.complaints()
    hidden = [match[1] for line in complaints if (match := _FORBIDDEN.search(line))]
    if answer.code != 0 and len(hidden) < max(1, len(complaints)):
        raise KubectlError("\n".join(complaints) or "the cluster's facts could not be read")
    return hidden


def identity(kubectl: Kubectl) -> str:
    """Return a cluster's identity, also to a user who may not list namespaces."""
    answer = kubectl.run("get", "namespace", _HOME, "-o", "jsonpath={.metadata.uid}")
    if answer.code == 0 and answer.out:
        return answer.out
    reached = f"kubectl {shlex.join(kubectl.options())}"
    role = "create clusterrole cluster-identity --verb=get --resource=namespaces --resource-name=kube-system"
    binding = "create clusterrolebinding cluster-identity --clusterrole=cluster-identity --user=USER"
    why = "; ".join(answer.complaints()) or "no UID"
    what = f"the cluster's identity, the UID of its namespace {_HOME}, cannot be read: {why}"
    remedy = f"let an administrator run `{reached} {role}` and `{reached} {binding}`; nothing was changed"
    raise BadInput([Problem((), what, remedy)])


def _by_name(objects: Objects | None, value: Callable[[dict[str, Any]], Value]) -> dict[str, Value] | None:
    if objects is None:
        return None
    return {place_of(one["metadata"]): value(one) for one in objects}


def _storage_class(one: dict[str, Any]) -> StorageClass:
    annotations = one["metadata"].get("annotations", {})
    return StorageClass(bool(one.get("allowVolumeExpansion")), annotations.get(_DEFAULT) == "true")


def _claim(one: dict[str, Any]) -> Claim:
    spec, status = one["spec"], one.get("status", {})
    size, capacity = spec["resources"]["requests"]["storage"], status.get("capacity", {}).get("storage")
    modes, bound = tuple(spec.get("accessModes", ())), status.get("phase") == "Bound"
    return Claim(size, spec.get("storageClassName"), modes, bound, capacity)


def _ranges(objects: Objects | None) -> tuple[str, ...] | None:
    """Return the blocks of Service addresses, the cluster's own ones first; one without a list of them does not say."""
    kept = [one for one in objects or () if "deletionTimestamp" not in one["metadata"]]
    kept.sort(key=lambda one: one["metadata"]["name"] != _OWN_RANGE)
    blocks = (cidr for one in kept for cidr in one["spec"]["cidrs"])
    return tuple(blocks) or None


def _addresses(objects: Objects | None) -> dict[str, str] | None:
    if objects is None:
        return None
    return {
        address: place_of(one["metadata"])
        for one in objects
        for address in one["spec"].get("clusterIPs", ())
        if address != "None"
    }

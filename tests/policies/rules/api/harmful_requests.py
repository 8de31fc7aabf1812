"""Requests by which whoever may make them gains other rights: for each right, the ways, each of some requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from tests.policies.rules.api.api_requests import NAMES, RESOURCES
from tests.policies.rules.api.authorizer import NAMESPACE, by_http, by_server

Way = tuple[dict[str, str], ...]

OTHER = "other"
"""An object that no role here names."""
OBJECTS = (*(name for name in NAMES if "/" not in name), OTHER)

_CORE = f"/api/v1/namespaces/{NAMESPACE}"
_POD = f"{_CORE}/pods/{OTHER}"
_WORKLOADS = (
    f"{_CORE}/pods", f"{_CORE}/replicationcontrollers",
    *(f"/apis/apps/v1/namespaces/{NAMESPACE}/{one}"
      for one in ("deployments", "statefulsets", "daemonsets", "replicasets")),
    *(f"/apis/batch/v1/namespaces/{NAMESPACE}/{one}" for one in ("jobs", "cronjobs")),
)  # fmt: skip
_ADMISSION = tuple(
    f"/apis/admissionregistration.k8s.io/v1/{one}"
    for one in ("mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies")
)
_VOLUMES = "/api/v1/persistentvolumes"
_RBAC = "rbac.authorization.k8s.io"
_EXTRAS = sorted({f"userextras/{one.partition('/')[2]}" for one in RESOURCES} - {"userextras/", "userextras/*"})
"""Keys that a user may have beside the name; any word is one."""
_USERS = ("system:masters", OTHER)


def _sent(methods: Sequence[str], paths: Sequence[str]) -> Iterator[Way]:
    yield from ((by_http(method, path),) for method, path in product(methods, paths))


def _of_each(paths: Sequence[str]) -> list[str]:
    return [f"{path}/{name}" for path in paths for name in OBJECTS]


def _asked(verb: str, group: str, resource: str, names: Sequence[str], namespace: str = "") -> Iterator[Way]:
    yield from ((by_server(verb, group, resource, name, namespace),) for name in names)


def _applied(group: str, resource: str) -> Iterator[Way]:
    """Yield the ways to make an object by a change of one that is not there, for which servers ask twice."""
    for name, verb in product(OBJECTS, ("patch", "update")):
        yield tuple(by_server(one, group, resource, name, "") for one in (verb, "create"))


HARMFUL: Mapping[str, tuple[Way, ...]] = {
    "secrets": tuple(_sent(["GET"], [f"{_CORE}/secrets", f"{_CORE}/secrets?watch=1", f"{_CORE}/secrets/{OTHER}"])),
    "create-pods": (*_sent(["POST"], _WORKLOADS), *_sent(["PUT", "PATCH"], _of_each(_WORKLOADS))),
    "exec": tuple(_sent(["GET", "POST"], [f"{_POD}/{one}" for one in ("exec", "attach", "portforward")])),
    "ephemeral-containers": tuple(_sent(["PUT", "PATCH"], [f"{_POD}/ephemeralcontainers"])),
    "node-proxy": tuple(
        _sent(["GET", "POST", "PUT", "PATCH", "DELETE"], [f"{one}/proxy/x" for one in _of_each(["/api/v1/nodes"])])
    ),
    "proxy": tuple(
        _sent(["GET", "POST", "PUT", "PATCH", "DELETE"], [f"{_POD}/proxy/x", f"{_CORE}/services/{OTHER}/proxy"])
    ),
    "bind": tuple(
        way for one in ("roles", "clusterroles") for way in _asked("bind", _RBAC, one, ("cluster-admin", OTHER), "shop")
    ),
    "escalate": (
        *_asked("escalate", _RBAC, "roles", OBJECTS, "shop"),
        *_asked("escalate", _RBAC, "clusterroles", OBJECTS),
    ),
    "impersonate": (
        *_asked("impersonate", "", "users", _USERS), *_asked("impersonate", "", "groups", _USERS),
        *_asked("impersonate", "", "serviceaccounts", _USERS, "shop"),
        *(way for one in ("uids", *_EXTRAS) for way in _asked("impersonate", "authentication.k8s.io", one, _USERS)),
    ),
    "webhooks": (*_sent(["POST"], _ADMISSION), *_sent(["PUT", "PATCH", "DELETE"], _of_each(_ADMISSION))),
    "certificates": tuple(
        _sent(["PUT", "PATCH"], [f"{one}/approval" for one in _of_each(
            ["/apis/certificates.k8s.io/v1/certificatesigningrequests"])])
    ),
    "signers": tuple(
        way for verb in ("approve", "sign")
        for way in _asked(verb, "certificates.k8s.io", "signers", ("kubernetes.io/kubelet-serving", OTHER))
    ),
    "tokens": tuple(_sent(["POST"], [f"{_CORE}/serviceaccounts/{OTHER}/token"])),
    "volumes": (*_sent(["POST"], [_VOLUMES]), *_applied("", "persistentvolumes")),
}  # fmt: skip
"""By the name of the right. Where a rule gives names, the object is one that still does harm, or none of them."""

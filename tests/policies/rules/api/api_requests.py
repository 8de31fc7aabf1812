"""Requests that the API gets, as clients send them or as a server asks about them, and roles of every shape."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from tests.policies.rules.api.authorizer import NAMESPACE, by_http, by_server

Role = dict[str, Any]
HARMLESS = "a"
"""The name of an object that gives nothing by itself."""

_RBAC = "rbac.authorization.k8s.io"
_CORE = f"/api/v1/namespaces/{NAMESPACE}"
_APPS = f"/apis/apps/v1/namespaces/{NAMESPACE}"
_BATCH = f"/apis/batch/v1/namespaces/{NAMESPACE}"
_RBAC_PATH = f"/apis/{_RBAC}/v1"
_ADMISSION = "/apis/admissionregistration.k8s.io/v1"
_SIGNING = "/apis/certificates.k8s.io/v1/certificatesigningrequests"

COLLECTIONS = (
    *(f"{_CORE}/{one}" for one in ("pods", "secrets", "configmaps", "services", "serviceaccounts", "events")),
    *(f"{_APPS}/{one}" for one in ("deployments", "statefulsets", "daemonsets", "replicasets")),
    *(f"{_BATCH}/{one}" for one in ("jobs", "cronjobs")),
    "/api/v1/namespaces/other/pods", "/api/v1/namespaces/other/secrets", "/api/v1/pods", "/api/v1/secrets",
    "/api/v1/nodes", "/api/v1/persistentvolumes", "/api/v1/namespaces", _SIGNING,
    f"{_RBAC_PATH}/clusterroles", f"{_RBAC_PATH}/namespaces/{NAMESPACE}/roles",
    f"{_ADMISSION}/mutatingwebhookconfigurations", f"{_ADMISSION}/validatingadmissionpolicies",
)  # fmt: skip
SUBRESOURCES = (
    *(f"{_CORE}/pods/{HARMLESS}/{one}" for one in
      ("exec", "attach", "portforward", "ephemeralcontainers", "log", "status", "proxy", "proxy/metrics/x")),
    f"{_CORE}/services/{HARMLESS}/proxy", f"{_CORE}/serviceaccounts/{HARMLESS}/token",
    f"{_APPS}/deployments/{HARMLESS}/scale", f"/api/v1/nodes/{HARMLESS}/proxy/run", f"{_SIGNING}/{HARMLESS}/approval",
)  # fmt: skip
URLS = ("/metrics", "/healthz", "/healthz/ping", "/api", "/logs/a/b", "/")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SERVERS = tuple(
    by_server(verb, group, resource, name, namespace)
    for name in (HARMLESS, "system:masters", "cluster-admin", "kubernetes.io/kubelet-serving")
    for verb, group, resource, namespace in (
        ("bind", _RBAC, "roles", NAMESPACE), ("bind", _RBAC, "clusterroles", NAMESPACE),
        ("bind", _RBAC, "clusterroles", ""), ("escalate", _RBAC, "roles", NAMESPACE),
        ("escalate", _RBAC, "clusterroles", ""), ("impersonate", "", "users", ""), ("impersonate", "", "groups", ""),
        ("impersonate", "", "serviceaccounts", NAMESPACE), ("impersonate", "authentication.k8s.io", "uids", ""),
        ("impersonate", "authentication.k8s.io", "userextras/scopes", ""),
        ("approve", "certificates.k8s.io", "signers", ""), ("sign", "certificates.k8s.io", "signers", ""),
    )
)  # fmt: skip


def requests() -> Iterator[dict[str, str]]:
    """Yield every request here."""
    for path in COLLECTIONS:
        named = (f"{path}/{name}" for name in (HARMLESS, "b"))
        yield from (by_http(method, one) for one in named for method in ("GET", "PUT", "PATCH", "DELETE"))
        yield from (by_http(method, path) for method in ("GET", "POST", "DELETE"))
        yield by_http("GET", f"{path}?watch=true")
        yield by_http("GET", f"{path}?fieldSelector=metadata.name%3D{HARMLESS}")
    yield from (by_http(method, path) for path in (*SUBRESOURCES, *URLS) for method in METHODS)
    yield from SERVERS


VERBS = (
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind", "escalate",
    "impersonate", "approve", "sign", "use", "post", "GET", "*",
)  # fmt: skip
GROUPS = (
    "", "apps", "batch", _RBAC, "admissionregistration.k8s.io", "certificates.k8s.io", "authentication.k8s.io",
    "example.com", "*",
)  # fmt: skip
RESOURCES = (
    "pods", "secrets", "services", "serviceaccounts", "nodes", "persistentvolumes", "deployments", "cronjobs", "roles",
    "clusterroles", "users", "groups", "uids", "signers", "mutatingwebhookconfigurations", "namespaces",
    "validatingadmissionpolicies", "certificatesigningrequests", "pods/exec", "pods/attach", "pods/log", "pods/proxy",
    "pods/ephemeralcontainers", "services/proxy", "nodes/proxy", "serviceaccounts/token", "deployments/scale",
    "certificatesigningrequests/approval", "userextras/scopes", "*/exec", "*/attach", "*/proxy", "*/token", "*/scopes",
    "*/portforward", "*/ephemeralcontainers", "*/approval", "*/scale", "*/log", "nodes/*", "pods/*", "*/*", "pods*",
    "*/", "Pods", "pod", "secret", "widgets", "", "*",
)  # fmt: skip
NAMES = (HARMLESS, "c", "system:masters", "cluster-admin", "kubernetes.io/kubelet-serving")
PATTERNS = ("/metrics", "/healthz", "/healthz/*", "/health*", "/logs/*/b", "/*", "*", "metrics", "/logs/**")


def roles(count: int, seed: str, *, bare_stars: bool = True) -> Iterator[Role]:
    """Yield roles of up to three rules; without bare stars, each rule names its verbs and resources."""
    for number in range(count):
        dice = _Dice(f"{seed}/{number}")
        kind = ("ClusterRole", "ClusterRole", "Role")[dice.throw(3)]
        rules = [_rule(dice, kind, bare_stars=bare_stars) for _ in range(1 + dice.throw(3))]
        yield {"kind": kind, "metadata": {"name": f"r{number}"}, "rules": rules}


def _rule(dice: _Dice, kind: str, *, bare_stars: bool) -> dict[str, list[str]]:
    def some(words: tuple[str, ...], most: int) -> list[str]:
        chosen = dice.some(words, 1 + dice.throw(most))
        return chosen if bare_stars else [one for one in chosen if one != "*"]

    if kind == "ClusterRole" and not dice.throw(7):
        return {"verbs": some(VERBS, 4), "nonResourceURLs": some(PATTERNS, 2)}
    rule = {"verbs": some(VERBS, 5), "apiGroups": dice.some(GROUPS, 2), "resources": some(RESOURCES, 4)}
    return rule if dice.throw(3) else rule | {"resourceNames": some(NAMES, 2)}


class _Dice:
    """Numbers that follow from a seed, the same in every run."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._numbers = iter(b"")
        self._thrown = 0

    def throw(self, sides: int) -> int:
        """Return a number below `sides`."""
        number = next(self._numbers, None)
        if number is None:
            self._thrown += 1
            self._numbers = iter(sha256(f"{self._seed}/{self._thrown}".encode()).digest())
            return self.throw(sides)
        return number % sides

    def some(self, words: tuple[str, ...], count: int) -> list[str]:
        """Return different words, in any order."""
        left = [*words]
        return [left.pop(self.throw(len(left))) for _ in range(count)]

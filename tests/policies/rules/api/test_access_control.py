"""Rights on the Kubernetes API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import UNKNOWN, Manifest, changed, obj, workload
from tests.policies.cases import ObjectCase, role
from tests.policies.judging import PACK, rules


def binding(**fields: Any) -> Manifest:
    return obj("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "b", **fields)


READ = {"apiGroups": ["traefik.io"], "resources": ["ingressroutes"], "verbs": ["get", "list", "watch"]}


def rule(resources: str, verbs: str, **more: Any) -> Manifest:
    return {"apiGroups": ["x"], "resources": resources.split(), "verbs": verbs.split(), **more}


TRAEFIK_ROLE = (
    ObjectCase(role("traefik", READ)),
    ObjectCase(role("traefik", {**READ, "verbs": ["get", "update"]}), ("read-only-traefik/verbs",)),
    ObjectCase(
        role("traefik", {**READ, "resources": ["*"]}, "Role"),
        ("read-only-traefik/wildcard", "no-wildcard-no-cluster-admin/wildcard"),
    ),
    ObjectCase(role("operator", {**READ, "verbs": ["create"]})),
)

BINDINGS = (
    ObjectCase(role("operator", {**READ, "apiGroups": ["*"]}), ("no-wildcard-no-cluster-admin/wildcard",)),
    ObjectCase(binding(roleRef={"name": "cluster-admin"}), ("no-wildcard-no-cluster-admin/cluster-admin",)),
    ObjectCase(
        binding(roleRef={"name": "view"}, subjects=[{"kind": "Group", "name": "system:authenticated"}]),
        ("no-wildcard-no-cluster-admin/subject",),
    ),
    ObjectCase(binding(roleRef={"name": "traefik"}, subjects=[{"kind": "ServiceAccount", "name": "traefik"}])),
    ObjectCase(
        binding(roleRef={"name": "view"}, subjects=[{"kind": "ServiceAccount", "name": "default"}]),
        ("no-wildcard-no-cluster-admin/default-account",),
    ),
)

ESCALATION = (
    ObjectCase(role("operator", rule("configmaps services", "get list watch update"))),
    ObjectCase(role("operator", rule("secrets", "get", resourceNames=["own"]))),
    ObjectCase(role("traefik", rule("secrets", "get list watch"), "Role")),
    ObjectCase(role("operator", rule("pods deployments/scale", "get list watch delete"))),
    *(
        ObjectCase(role("operator", rule(resources, verbs), "Role"), (f"no-escalation-verbs/{check}",))
        for resources, verbs, check in (
            ("secrets", "list", "secrets"), ("configmaps secrets", "get update", "secrets"),
            ("pods", "create", "create-pods"), ("cronjobs", "patch", "create-pods"),
            ("pods/exec", "create", "exec"), ("pods/attach", "get", "exec"), ("pods/portforward", "create", "exec"),
            ("pods/ephemeralcontainers", "patch", "ephemeral-containers"), ("nodes/proxy", "get", "node-proxy"),
            ("rolebindings", "bind", "bind"), ("clusterroles", "escalate", "escalate"),
            ("users", "impersonate", "impersonate"), ("validatingwebhookconfigurations", "update", "webhooks"),
            ("certificatesigningrequests/approval", "update", "certificates"), ("signers", "sign", "signers"),
            ("serviceaccounts/token", "create", "tokens"), ("persistentvolumes", "create", "volumes"),
        )
    ),
    ObjectCase(role("operator", {**rule("secrets", "list"), "verbs": UNKNOWN}),
         ("no-escalation-verbs/unknown", "no-wildcard-no-cluster-admin/unknown")),
)  # fmt: skip

OBJECTS = (*TRAEFIK_ROLE, *BINDINGS, *ESCALATION)


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert PACK.analyze(case.manifest).rules == case.rules, "the engine sees the same"


@pytest.mark.demand("SEC-08")
def test_traefik_may_only_read_the_api() -> None:
    for verb in ("create", "update", "patch", "delete", "deletecollection", "*"):
        found = rules(role("traefik", {**READ, "verbs": ["get", verb]}))
        assert ("read-only-traefik", "verbs") in found, f"{verb} writes"
    assert rules(role("traefik", READ)) == set(), "get, list and watch are enough"
    socket = changed(workload(), "spec/template/spec/volumes/0", {"name": "v", "hostPath": {"path": "/run/x.sock"}})
    assert ("volume-types", "restrictedVolumes") in rules(socket), "the container runtime's socket is out of reach"

"""Rights on the Kubernetes API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import UNKNOWN, Manifest, changed, obj, workload
from tests.policies.cases import ObjectCase, role
from tests.policies.judging import engine_rules, rules


def binding(**fields: Any) -> Manifest:
    return obj("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "b", **fields)


READ = {"apiGroups": ["traefik.io"], "resources": ["ingressroutes"], "verbs": ["get", "list", "watch"]}


def rule(resources: str, verbs: str, **more: Any) -> Manifest:
    return {"apiGroups": ["example.com"], "resources": resources.split(), "verbs": verbs.split(), **more}


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

RBAC = "rbac.authorization.k8s.io"
CERTIFICATES = "certificates.k8s.io"
GIVES = (
    ("secrets", "list", "secrets", ""), ("configmaps secrets", "get update", "secrets", ""),
    ("pods", "create", "create-pods", ""), ("cronjobs", "patch", "create-pods", "batch"),
    ("pods/exec", "create", "exec", ""), ("*/exec", "get", "exec", ""), ("pods/attach", "get", "exec", ""),
    ("pods/portforward", "create", "exec", ""), ("services/proxy", "get", "proxy", ""),
    ("pods/ephemeralcontainers", "patch", "ephemeral-containers", ""), ("nodes/proxy", "get", "node-proxy", ""),
    ("*/proxy", "get", "node-proxy", ""), ("rolebindings roles", "bind", "bind", RBAC),
    ("clusterroles", "escalate", "escalate", RBAC), ("users", "impersonate", "impersonate", ""),
    ("userextras/scopes", "impersonate", "impersonate", "authentication.k8s.io"),
    ("validatingwebhookconfigurations", "update", "webhooks", "admissionregistration.k8s.io"),
    ("certificatesigningrequests/approval", "update", "certificates", CERTIFICATES),
    ("signers", "sign", "signers", CERTIFICATES), ("serviceaccounts/token", "create", "tokens", ""),
    ("persistentvolumes", "create", "volumes", ""),
)  # fmt: skip
"""Resources and verbs, the right that they give, and the group of the resources."""

ESCALATION = (
    ObjectCase(role("operator", rule("configmaps services", "get list watch update"))),
    ObjectCase(role("operator", rule("secrets", "get", apiGroups=[""], resourceNames=["own"]))),
    ObjectCase(role("operator", rule("secrets", "get"))),
    ObjectCase(role("traefik", rule("secrets", "get list watch", apiGroups=[""]), "Role")),
    ObjectCase(role("operator", rule("deployments/scale", "get list watch update", apiGroups=["apps"]))),
    ObjectCase(role("operator", rule("*/scale */status */finalizers", "update patch"))),
    *(
        ObjectCase(role("operator", rule(resources, verbs, apiGroups=[group])), (f"no-escalation-verbs/{check}",))
        for resources, verbs, check, group in GIVES
    ),
    ObjectCase(role("operator", {**rule("secrets", "list"), "verbs": UNKNOWN}),
         ("no-escalation-verbs/unknown", "no-wildcard-no-cluster-admin/unknown", "rules-match/unknown")),
)  # fmt: skip

OBJECTS = (*TRAEFIK_ROLE, *BINDINGS, *ESCALATION)


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"


@pytest.mark.demand("SEC-08")
def test_traefik_may_only_read_the_api() -> None:
    for verb in ("create", "update", "patch", "delete", "deletecollection", "*"):
        found = rules(role("traefik", {**READ, "verbs": ["get", verb]}))
        assert ("read-only-traefik", "verbs") in found, f"{verb} writes"
    assert rules(role("traefik", READ)) == set(), "get, list and watch are enough"
    socket = changed(workload(), "spec/template/spec/volumes/0", {"name": "v", "hostPath": {"path": "/run/x.sock"}})
    assert ("volume-types", "restrictedVolumes") in rules(socket), "the container runtime's socket is out of reach"

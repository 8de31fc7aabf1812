"""NetworkPolicies, rights, versions and custom kinds, and the rules that each breaks; without rules it must pass."""

from __future__ import annotations

from typing import Any

from quadrant_platform.vocabulary import PRIVATE_RANGES
from tests.policies.builders import UNKNOWN, Manifest, labels, obj, workload
from tests.policies.object_cases import Case, role

PORTS = [{"protocol": "TCP", "port": 3001}]
POD = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}
DNS = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
EVERY_NAMESPACE: Manifest = {"namespaceSelector": {}, "podSelector": {}}
PRIVATE = [network for network in PRIVATE_RANGES if ":" not in network]


def policy(name: str = "api", types: Any = ("Ingress", "Egress"), **rules: Any) -> Manifest:
    """A NetworkPolicy of the pods with a name."""
    selector = {"matchLabels": {"app.kubernetes.io/name": name}} if name else {}
    spec: Manifest = {"podSelector": selector, "policyTypes": types if isinstance(types, str) else list(types)}
    return obj("networking.k8s.io/v1", "NetworkPolicy", name or "default-deny", spec={**spec, **rules})


def ingress(*peers: Any, ports: Any = None, name: str = "api") -> Manifest:
    return policy(name, ingress=[{"from": list(peers), "ports": PORTS if ports is None else ports}])


def egress(*peers: Any, name: str = "api") -> Manifest:
    return policy(name, egress=[{"to": list(peers), "ports": PORTS}])


def block(cidr: str, *spared: str) -> Manifest:
    return {"ipBlock": {"cidr": cidr, "except": list(spared)}}


NETWORK = (
    Case(policy("")),
    Case(ingress(POD)),
    Case(ingress({"podSelector": {}})),
    Case(egress(DNS)),
    Case(egress(block("10.20.0.0/16"))),
    Case(policy(types=()), ("netpol-hygiene/policyTypes",)),
    Case(policy(types=["Ingress"], egress=[{"to": [POD], "ports": PORTS}]), ("netpol-hygiene/policyTypes",)),
    Case(policy(ingress=[{}]), ("netpol-hygiene/ports", "netpol-hygiene/peer")),
    Case(ingress(POD, ports=[]), ("netpol-hygiene/ports",)),
    Case(ingress(POD, ports=[{"protocol": "UDP"}]), ("netpol-hygiene/ports",)),
    Case(ingress(), ("netpol-hygiene/peer",)),
    Case(ingress(EVERY_NAMESPACE), ("netpol-hygiene/peer",)),
    Case(ingress({"namespaceSelector": {}}), ("netpol-hygiene/peer",)),
    Case(ingress(block("0.0.0.0/0")), ("netpol-hygiene/world",)),
    Case(ingress(block("::/0")), ("netpol-hygiene/world",)),
    Case(egress(block("128.0.0.0/1")), ("netpol-hygiene/world",)),
    Case(egress(block("2000::/3")), ("netpol-hygiene/world",)),
    Case(ingress(block("0.0.0.0/0"), block("::/0"), name="traefik")),
    Case(egress(block("0.0.0.0/0"), name="traefik"), ("netpol-hygiene/world",)),
    Case(egress(block("0.0.0.0/0", *PRIVATE), block("::/0", "fc00::/7", "fe80::/10"), name="traefik-egress")),
    *(
        Case(
            egress(block("0.0.0.0/0", *(one for one in PRIVATE if one != missing)), name="traefik-egress"),
            ("netpol-hygiene/except",),
        )
        for missing in PRIVATE
    ),
    Case(egress(block("::/0", "fd00:ec2::254/128"), name="traefik-egress"), ("netpol-hygiene/except",)),
    Case(egress(block("2000::/3"), name="traefik-egress")),
    Case(egress(block("0.0.0.0/99"), name="traefik-egress"), ("well-formed/type",)),
    Case(policy(types=UNKNOWN), ("netpol-hygiene/unknown",)),
)


def rule(resources: str, verbs: str, **more: Any) -> Manifest:
    return {"apiGroups": ["x"], "resources": resources.split(), "verbs": verbs.split(), **more}


RIGHTS = (
    Case(role("operator", rule("configmaps services", "get list watch update"))),
    Case(role("operator", rule("secrets", "get", resourceNames=["own"]))),
    Case(role("traefik", rule("secrets", "get list watch"), "Role")),
    Case(role("operator", rule("pods deployments/scale", "get list watch delete"))),
    *(
        Case(role("operator", rule(resources, verbs), "Role"), (f"no-escalation-verbs/{check}",))
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
    Case(role("operator", {**rule("secrets", "list"), "verbs": UNKNOWN}),
         ("no-escalation-verbs/unknown", "no-wildcard-no-cluster-admin/unknown")),
)  # fmt: skip


def versioned(version: str, kind: str) -> Manifest:
    return obj(version, kind, "x")


VERSIONS = (
    *(
        Case(versioned(version, kind), (f"api-versions/{check}",))
        for version, kind, check in (
            ("extensions/v1beta1", "NetworkPolicy", "removed"), ("apps/v1beta2", "ControllerRevision", "removed"),
            ("policy/v1beta1", "PodDisruptionBudget", "removed"), ("autoscaling/v2beta2", "HorizontalPodAutoscaler",
            "removed"), ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", "removed"),
            ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "removed"), ("v1", "ComponentStatus", "deprecated"),
            ("storage.k8s.io/v1alpha1", "VolumeAttributesClass", "alpha"),
            ("resource.k8s.io/v1beta2", "DeviceClass", "beta"),
        )
    ),
    *(
        Case(versioned(version, kind))
        for version, kind in (
            ("autoscaling/v2", "HorizontalPodAutoscaler"), ("policy/v1", "PodDisruptionBudget"), ("v1", "Endpoints"),
            ("gateway.networking.k8s.io/v1beta1", "ReferenceGrant"), ("traefik.io/v1alpha1", "ServersTransport"),
        )
    ),
)  # fmt: skip
OPAQUE = (
    Case(versioned("helm.sh/v3", "Release"), ("no-opaque-resources/release",)),
    Case(versioned("helm.toolkit.fluxcd.io/v2", "HelmRelease"), ("no-opaque-resources/release",)),
    Case(versioned("helm.cattle.io/v1", "HelmChart"), ("no-opaque-resources/release",)),
    Case(versioned("yaml/v2", "ConfigFile"), ("no-opaque-resources/file",)),
    Case(versioned("databases.example.com/v1", "Postgres"), ("no-opaque-resources/custom",)),
    Case(versioned("external-secrets.io/v1", "SecretStore")),
)
LABELS = (
    Case(workload()),
    Case(
        {**workload(), "metadata": {**workload()["metadata"], "labels": {"app": "api"}}},
        ("labels/name", "labels/part-of"),
    ),
    Case(
        {**workload(), "metadata": {**workload()["metadata"], "labels": {**labels("api"), "team": UNKNOWN}}},
        ("labels/unknown", "well-formed/unknown", "no-egress-segment/unknown"),
    ),
)
ALL = (*NETWORK, *RIGHTS, *VERSIONS, *OPAQUE, *LABELS)

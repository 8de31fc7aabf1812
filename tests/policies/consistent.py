"""A small consistent set of plain manifests, and changes of it with the rule that each breaks."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.policies.builders import REMOVE, Manifest, changed, find, namespace, obj, replaced, service, workload

NAME = {"app.kubernetes.io/name": "api"}
HOST = "shop.example.com"
NO_RULES: Manifest = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
VOLUMES = [
    {"name": "config", "configMap": {"name": "api", "items": [{"key": "app.yaml", "path": "app.yaml"}]}},
    {"name": "secrets", "projected": {"sources": [{"secret": {"name": "api"}}]}},
    {"name": "data", "persistentVolumeClaim": {"claimName": "api"}},
]

CONTAINER = "spec/template/spec/containers/0"


def path(backend: Any, at: str = "/") -> Manifest:
    return {"path": at, "pathType": "Prefix", "backend": {"service": backend}}


def ingress(name: str = "api", host: str = HOST, backend: Any = None, **spec: Any) -> Manifest:
    """Return an Ingress of one host and path."""
    rule = {"host": host, "http": {"paths": [path(backend or {"name": "api", "port": {"name": "http"}})]}}
    full = {"ingressClassName": "traefik", "tls": [{"hosts": [host]}], "rules": [rule], **spec}
    return obj("networking.k8s.io/v1", "Ingress", name, "backend", spec=full)


def tidy() -> list[Manifest]:
    """Return one application in one namespace, without a matrix and without segments."""
    bare = namespace("backend")
    labels = {key: value for key, value in bare["metadata"]["labels"].items() if not key.startswith("quadrant")}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    hard = {"cpu": "4", "memory": "8Gi", "limits.memory": "8Gi"}
    rules = [{"from": [{"podSelector": {"matchLabels": NAME}}], "ports": [{"protocol": "TCP", "port": 3001}]}]
    own = {"podSelector": {"matchLabels": NAME}, "policyTypes": ["Ingress", "Egress"], "ingress": rules}
    return [
        changed(bare, "metadata/labels", labels),
        obj("v1", "ResourceQuota", "quota", "backend", spec={"hard": hard}),
        obj("v1", "LimitRange", "limits", "backend", spec={"limits": []}),
        obj("networking.k8s.io/v1", "NetworkPolicy", "default-deny", "backend", spec=NO_RULES),
        obj("networking.k8s.io/v1", "NetworkPolicy", "api", "backend", spec=own),
        changed(workload(), "spec/template/spec/volumes", VOLUMES),
        *(obj("v1", kind, "api", "backend") for kind in ("Secret", "PersistentVolumeClaim", "ServiceAccount")),
        obj("v1", "ConfigMap", "api", "backend", data={"app.yaml": "x"}),
        service(),
        ingress(),
        obj("policy/v1", "PodDisruptionBudget", "api", "backend",
            spec={"maxUnavailable": 1, "selector": {"matchLabels": NAME}}),
        obj("autoscaling/v2", "HorizontalPodAutoscaler", "api", "backend",
            spec={"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": target}),
    ]  # fmt: skip


class Change(NamedTuple):
    """A field of one object set or removed, or an object added; and the rule that breaks, if any."""

    rule: str
    about: str
    kind: str = ""
    path: str = ""
    value: Any = REMOVE
    added: Manifest | None = None
    name: str = "api"

    def __str__(self) -> str:
        return f"{self.rule or 'passes'}: {self.about}"

    @property
    def expected(self) -> set[tuple[str, str]]:
        policy, _, check = self.rule.partition("/")
        return {(policy, check)} if policy else set()

    def applied(self, stack: list[Manifest]) -> list[Manifest]:
        """Return the set with the change; a change without a path removes the object."""
        if self.added is not None:
            return [*stack, self.added]
        if self.path:
            return replaced(stack, self.kind, self.name, self.path, self.value)
        target = find(stack, self.kind, self.name)
        return [one for one in stack if one is not target]

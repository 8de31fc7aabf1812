"""A small consistent set of plain manifests, and changes of it with the rules that each breaks."""

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


def path(backend: Any, at: str = "/") -> Manifest:
    return {"path": at, "pathType": "Prefix", "backend": {"service": backend}}


def ingress(name: str = "api", host: str = HOST, backend: Any = None, **spec: Any) -> Manifest:
    """An Ingress of one host and path."""
    rule = {"host": host, "http": {"paths": [path(backend or {"name": "api", "port": {"name": "http"}})]}}
    full = {"ingressClassName": "traefik", "tls": [{"hosts": [host]}], "rules": [rule], **spec}
    return obj("networking.k8s.io/v1", "Ingress", name, "backend", spec=full)


def tidy() -> list[Manifest]:
    """One application in one namespace, without a matrix and without segments."""
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
        """The set with the change; a change without a path takes the object away."""
        if self.added is not None:
            return [*stack, self.added]
        if self.path:
            return replaced(stack, self.kind, self.name, self.path, self.value)
        target = find(stack, self.kind, self.name)
        return [one for one in stack if one is not target]


PDB, HPA = ("pdb-and-hpa-consistent", "HorizontalPodAutoscaler")
BUDGET = "PodDisruptionBudget"
PORTS = "spec/ports/0/targetPort"
CONTAINER = "spec/template/spec/containers/0"
BACKEND = "spec/rules/0/http/paths/0/backend/service"
REFERENCES = "secret-references-resolve"
KEY_REF = [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "api", "key": "other"}}}]
OTHER = workload("web")
CASES = (
    Change("namespace-quota/quota", "no quota", "ResourceQuota", name="quota"),
    Change("namespace-quota/limit-range", "no range of limits", "LimitRange", name="limits"),
    Change("namespace-quota/bound", "a quota without memory", "ResourceQuota", "spec/hard/memory", name="quota"),
    Change("default-deny-everywhere/Egress", "egress is open by default", "NetworkPolicy", "spec/policyTypes",
           ["Ingress"], name="default-deny"),
    Change("every-pod-covered-both-directions/selector", "a policy for nobody", "NetworkPolicy", "spec/podSelector",
           {"matchLabels": {"app.kubernetes.io/name": "apy"}}),
    Change("every-pod-covered-both-directions/peer", "a peer that is nobody", "NetworkPolicy",
           "spec/ingress/0/from/0/podSelector/matchLabels", {"app.kubernetes.io/name": "apy"}),
    Change("", "a peer in a namespace that is not here", "NetworkPolicy", "spec/ingress/0/from/0/namespaceSelector",
           {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}),
    Change(f"{PDB}/budget", "several pods without a budget", BUDGET),
    Change(f"{PDB}/drain", "a budget that spares none", BUDGET, "spec/maxUnavailable", 0),
    Change(f"{PDB}/drain", "a budget that spares none, in percent", BUDGET, "spec/maxUnavailable", "0%"),
    Change("", "a share is rounded up", BUDGET, "spec/maxUnavailable", "1%"),
    Change(f"{PDB}/drain", "a budget that wants all", BUDGET, "spec/minAvailable", "51%"),
    Change("", "a budget that wants half", BUDGET, "spec/minAvailable", "50%"),
    Change(f"{PDB}/target", "an autoscaler without target", HPA, "spec/scaleTargetRef/name", "apy"),
    Change(f"{PDB}/least", "an autoscaler down to one pod", HPA, "spec/minReplicas", 1),
    Change(f"{PDB}/least", "an autoscaler down to one pod by default", HPA, "spec/minReplicas"),
    Change(f"{PDB}/range", "an autoscaler without room", HPA, "spec/maxReplicas", 1),
    Change(f"{PDB}/replicas", "replicas fixed beside an autoscaler", "Deployment", "spec/replicas", 2),
    Change("services-resolve/pod", "a selector for nobody", "Service", "spec/selector",
           {"app.kubernetes.io/name": "apy"}),
    Change("services-resolve/target-port", "a port number that nobody declares", "Service", PORTS, 3999),
    Change("services-resolve/target-port", "a port name that nobody has", "Service", PORTS, "metrics"),
    Change("services-resolve/target-port", "a port of another protocol", "Service", "spec/ports/0/protocol", "UDP"),
    Change("", "a port by its name", "Service", PORTS, "http"),
    Change("", "a pod that says no ports", "Deployment", f"{CONTAINER}/ports"),
    Change("services-resolve/pod", "pods in another namespace only",
           added=service("api", "frontend", ports=[{"port": 1, "targetPort": 3001}])),
    Change(f"{REFERENCES}/key", "a key that the ConfigMap lacks", "ConfigMap", "data", {"other.yaml": "x"}),
    Change(f"{REFERENCES}/key", "a variable from such a key", "Deployment", f"{CONTAINER}/env", KEY_REF),
    Change(f"{REFERENCES}/Secret", "a pull secret that nothing makes", "Deployment",
           "spec/template/spec/imagePullSecrets", [{"name": "registry"}]),
    Change(f"{REFERENCES}/Secret", "a certificate that nothing makes", "Ingress", "spec/tls",
           [{"hosts": [HOST], "secretName": "shop-tls"}]),
    Change(f"{REFERENCES}/token", "a token that never expires", "Secret", "type",
           "kubernetes.io/service-account-token"),
    Change("host-hygiene/host", "an Ingress for every host", "Ingress", "spec/rules/0/host"),
    Change("host-hygiene/wildcard", "an Ingress for a whole domain", "Ingress", "spec/rules/0/host", "*.example.com"),
    Change("host-hygiene/backend", "an Ingress that leads nowhere", "Ingress", f"{BACKEND}/name", "apy"),
    Change("host-hygiene/backend-port", "an Ingress to a port that is none", "Ingress", f"{BACKEND}/port",
           {"number": 8080}),
    Change("host-hygiene/taken", "two Ingresses for one host and path", added=ingress("other")),
    Change("", "one host in two classes", added=ingress("other", ingressClassName="internal")),
    Change("", "two Ingresses for two hosts", added=ingress("other", "www.example.com")),
    Change("host-hygiene/host", "an Ingress for whatever is left", "Ingress", "spec/defaultBackend",
           {"service": {"name": "api", "port": {"number": 80}}}),
    Change("external-names/ExternalName", "an alias of a host outside", "Service", "spec",
           {"type": "ExternalName", "externalName": "bank.example.com", "ports": [{"name": "http", "port": 80}]}),
)  # fmt: skip

"""Findings of other scanners that shipped stacks keep: each with the objects that it is about and the reason."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from tests.oracles.incumbents.scanner import Found

ScannerName = Literal["checkov", "kube-score", "kubeconform"]


@dataclass(frozen=True)
class Exempt:
    """Rules of a scanner that do not count for some objects. `stacks` and `objects` are patterns."""

    scanner: ScannerName
    rules: frozenset[str]
    reason: str
    objects: frozenset[str] = frozenset({"*"})
    stacks: str = "*"

    def covers(self, scanner: str, stack: str, found: Found) -> bool:
        """Return whether the row applies to this finding."""
        return (
            (self.scanner == scanner and found.rule in self.rules)
            and fnmatchcase(stack, self.stacks)
            and any(fnmatchcase(found.place, pattern) for pattern in self.objects)
        )


def _exempt(scanner: ScannerName, rules: str, reason: str, *objects: str, stacks: str = "*") -> Exempt:
    return Exempt(scanner, frozenset(rules.split()), reason, frozenset(objects or {"*"}), stacks)


_PULL = (
    "every image has a version as its tag; pulling it at each start would let an outage of the registry stop restarts"
)
_SPREAD = "topologySpreadConstraints keep the copies apart and, other than anti-affinity, allow more copies than nodes"
_OPERATORS = "Certificate Cluster ExternalSecret IngressRoute Issuer Middleware PodMonitor Pooler PrometheusRule"
_OPERATORS += " SecretStore ServiceMonitor TLSOption TLSStore"

_IMAGE_USER = "PostgreSQL's image fixes its user: initdb refuses one without a name"
_POSTGRES = (
    "StatefulSet *-database/postgres", "StatefulSet *-database/postgresql", "StatefulSet *-database/postgres-primary",
    "StatefulSet *-database/admin-postgres", "StatefulSet *-platform/platform-postgres",
    "StatefulSet *-platform/mvp-platform-vehicles-db",
)  # fmt: skip

EXEMPTIONS: tuple[Exempt, ...] = (
    _exempt(
        "checkov", "CKV_K8S_43",
        "a digest is known to the registry alone; a stack that knows its digests switches requireDigest on",
    ),
    _exempt("checkov", "CKV_K8S_15", _PULL),
    _exempt("kube-score", "container-image-pull-policy", _PULL),
    _exempt(
        "checkov", "CKV_K8S_38", "the ingress controller reads its routes from the Kubernetes API",
        "Deployment *-frontend/traefik",
    ),
    _exempt(
        "checkov", "CKV_K8S_8 CKV_K8S_9",
        "it is the container that hands the certificate to devices: its trouble must not take the entry point away",
        "Deployment motovault-frontend/traefik", stacks="motovault-dev",
    ),
    _exempt("checkov", "CKV_K8S_40", _IMAGE_USER, *_POSTGRES, stacks="*-dev"),
    _exempt("kube-score", "container-security-context-user-group-id", _IMAGE_USER, *_POSTGRES, stacks="*-dev"),
    _exempt(
        "kubeconform", "error", "the schemas of operators' kinds are not Kubernetes' own, and none comes with it",
        *(f"{kind} *" for kind in _OPERATORS.split()),
    ),
    _exempt(
        "kube-score",
        "container-resource-requests-equal-limits container-cpu-requests-equal-limits "
        "container-memory-requests-equal-limits container-ephemeral-storage-request-equals-limit",
        "a limit above the request lets a container use what others leave; tier-ceilings bounds the ratio",
    ),
    _exempt("kube-score", "deployment-has-host-podantiaffinity", _SPREAD),
    _exempt(
        "kube-score", "statefulset-has-host-podantiaffinity", _SPREAD, "StatefulSet carbon254-database/kafka",
        stacks="*-prod",
    ),
    _exempt(
        "kube-score", "deployment-replicas", "decision 0006: a single copy of everything in dev, on one node",
        stacks="*-dev",
    ),
    _exempt(
        "kube-score", "networkpolicy-targets-pod",
        "an operator makes the pods from a Cluster or Pooler, so that no manifest shows them (decision 0005)",
        "NetworkPolicy *-database/postgres*", "NetworkPolicy *-database/pgbouncer",
        "NetworkPolicy *-database/admin-postgres", "NetworkPolicy *-platform/platform-postgres",
        "NetworkPolicy *-platform/mvp-platform-vehicles-db",
        stacks="*-prod",
    ),
    _exempt(
        "kube-score", "service-targets-pod",
        "the Service leads to one pod of a StatefulSet, by the label that the cluster gives it",
        "Service carbon254-database/redis-*", "Service pinky-promise-database/redis-cache",
    ),
    _exempt(
        "kube-score", "pod-probes-identical",
        "one endpoint, two meanings: a pod that does not answer for seconds gets no traffic, and only one that "
        "stays silent for much longer is restarted; policy probes refuses equal timing",
    ),
    _exempt(
        "kube-score", "statefulset-has-servicename",
        "the names of single pods are not used: clients use the stable address of the Service, and members of a "
        "group have a Service each",
    ),
)  # fmt: skip

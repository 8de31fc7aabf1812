"""The switches: one line is schema, documentation and parser. Here those on routes, rights and whole stacks."""

from dataclasses import dataclass
from typing import Annotated

from quadrant_platform.vocabulary import NAME_LABEL, PART_OF_LABEL

Names = frozenset[str]


@dataclass(frozen=True)
class Switch:
    """A setting of the platform: the policies that read it, or their group, and its effect."""

    policies: tuple[str, ...]
    about: str


CUSTOM_GROUPS = frozenset({
    "acme.cert-manager.io", "argoproj.io", "autoscaling.k8s.io", "bitnami.com", "cert-manager.io", "chaos-mesh.org",
    "external-secrets.io",
    "gateway.networking.k8s.io", "generators.external-secrets.io", "k6.io", "keda.sh", "kyverno.io", "linkerd.io",
    "monitoring.coreos.com", "networking.istio.io", "policy.linkerd.io", "policy.networking.k8s.io",
    "postgresql.cnpg.io", "secrets-store.csi.x-k8s.io", "security.istio.io", "snapshot.storage.k8s.io",
    "traefik.containo.us", "traefik.io", "trust.cert-manager.io", "velero.io",
})  # fmt: skip
"""Groups whose resources make no pods, or pods that the manifest describes."""


@dataclass(frozen=True)
class ObjectSwitches:
    """Switches of policies on other objects and on whole stacks."""

    secure_entry_points: Annotated[
        Names, Switch(("tls-only", "public-surface", "stack-advice"), "Traefik entry points with TLS")
    ] = frozenset({"websecure"})
    internal_entry_points: Annotated[
        Names, Switch(("public-surface", "stack-advice"), "Traefik entry points that are not public")
    ] = frozenset({"dashboard", "traefik", "metrics"})
    entry_workloads: Annotated[Names, Switch(("netpol-hygiene",), f"{NAME_LABEL} of pods that the world may call")] = (
        frozenset({"traefik"})
    )
    exit_workloads: Annotated[Names, Switch(("netpol-hygiene",), f"{NAME_LABEL} of pods that may call the world")] = (
        frozenset({"traefik-egress"})
    )
    public_services: Annotated[Names, Switch(("service-exposure",), "names of Services that may be a LoadBalancer")] = (
        frozenset({"traefik"})
    )
    public_ports: Annotated[frozenset[int], Switch(("service-exposure",), "ports that a LoadBalancer may open")] = (
        frozenset({80, 443})
    )
    secret_readers: Annotated[
        Names, Switch(("no-escalation-verbs", "operations"), "names of roles that read all Secrets, for certificates")
    ] = frozenset({"traefik"})
    unstable_versions: Annotated[
        Names, Switch(("api-versions",), "alpha and beta versions that the platform's clusters keep")
    ] = frozenset()
    required_labels: Annotated[Names, Switch(("labels",), "labels that workloads and their pods carry")] = frozenset(
        {NAME_LABEL, PART_OF_LABEL}
    )
    custom_groups: Annotated[
        Names, Switch(("no-opaque-resources",), "groups of custom resources that may be applied")
    ] = CUSTOM_GROUPS
    external_names: Annotated[
        Names, Switch(("public-surface",), "hosts, addresses and CIDRs that Services and pods may alias")
    ] = frozenset()
    wildcard_hosts: Annotated[Names, Switch(("consistency",), "host patterns that may be routed, such as *.a.b")] = (
        frozenset()
    )
    cross_namespace_routes: Annotated[
        bool, Switch(("consistency",), "whether Traefik runs with allowCrossNamespace, where the manifests do not say")
    ] = False
    known_secrets: Annotated[
        Names, Switch(("consistency",), "names of Secrets that are made elsewhere or kept as they are")
    ] = frozenset()
    known_references: Annotated[
        Names, Switch(("consistency",), "ConfigMaps, claims and accounts that are made elsewhere")
    ] = frozenset({"kube-root-ca.crt"})
    least_replicas: Annotated[int, Switch(("consistency",), "pods that an autoscaler leaves at the least")] = 2

"""The switches: one line is schema, documentation and parser. Here those on routes, rights and whole stacks."""

from dataclasses import dataclass
from typing import Annotated

from quadrant_platform.vocabulary import NAME_LABEL, PART_OF_LABEL


@dataclass(frozen=True)
class Switch:
    """A setting of the platform: its key in a configuration, the policies that read it, its effect.

    A stack policy is named by its group, as the engine names it.
    """

    key: str
    policies: tuple[str, ...]
    about: str


CUSTOM_GROUPS = frozenset({
    "acme.cert-manager.io", "argoproj.io", "bitnami.com", "cert-manager.io", "chaos-mesh.org", "external-secrets.io",
    "gateway.networking.k8s.io", "generators.external-secrets.io", "k6.io", "keda.sh", "kyverno.io", "linkerd.io",
    "monitoring.coreos.com", "networking.istio.io", "policy.linkerd.io", "policy.networking.k8s.io",
    "postgresql.cnpg.io", "secrets-store.csi.x-k8s.io", "security.istio.io", "snapshot.storage.k8s.io",
    "traefik.io", "trust.cert-manager.io", "velero.io",
})  # fmt: skip
"""Groups whose resources make no pods, or pods that the manifest describes."""


@dataclass(frozen=True)
class ObjectSwitches:
    """Switches of policies on other objects and on whole stacks."""

    secure_entry_points: Annotated[
        frozenset[str],
        Switch("secureEntryPoints", ("tls-only", "public-surface", "stack-advice"), "Traefik entry points with TLS"),
    ] = frozenset({"websecure"})
    internal_entry_points: Annotated[
        frozenset[str],
        Switch("internalEntryPoints", ("public-surface", "stack-advice"), "Traefik entry points that are not public"),
    ] = frozenset({"dashboard", "traefik", "metrics"})
    entry_workloads: Annotated[
        frozenset[str],
        Switch("entryWorkloads", ("netpol-hygiene",), f"{NAME_LABEL} of pods that the world may call"),
    ] = frozenset({"traefik"})
    exit_workloads: Annotated[
        frozenset[str],
        Switch("exitWorkloads", ("netpol-hygiene",), f"{NAME_LABEL} of pods that may call the world"),
    ] = frozenset({"traefik-egress"})
    public_services: Annotated[
        frozenset[str],
        Switch("publicServices", ("service-exposure",), "names of Services that may be a LoadBalancer"),
    ] = frozenset({"traefik"})
    public_ports: Annotated[
        frozenset[int], Switch("publicPorts", ("service-exposure",), "ports that a LoadBalancer may open")
    ] = frozenset({80, 443})
    secret_readers: Annotated[
        frozenset[str],
        Switch("secretReaders", ("no-escalation-verbs",), "names of roles that read all Secrets, for certificates"),
    ] = frozenset({"traefik"})
    unstable_versions: Annotated[
        frozenset[str],
        Switch("unstableVersions", ("api-versions",), "alpha and beta versions that the platform's clusters keep"),
    ] = frozenset()
    required_labels: Annotated[
        frozenset[str], Switch("requiredLabels", ("labels",), "labels that workloads and their pods carry")
    ] = frozenset({NAME_LABEL, PART_OF_LABEL})
    custom_groups: Annotated[
        frozenset[str],
        Switch("customGroups", ("no-opaque-resources",), "groups of custom resources that may be applied"),
    ] = CUSTOM_GROUPS
    external_names: Annotated[
        frozenset[str],
        Switch("externalNames", ("public-surface",), "hosts, addresses and CIDRs that Services and pods may alias"),
    ] = frozenset()
    wildcard_hosts: Annotated[
        frozenset[str], Switch("wildcardHosts", ("consistency",), "host patterns that may be routed, such as *.a.b")
    ] = frozenset()
    known_secrets: Annotated[
        frozenset[str],
        Switch("knownSecrets", ("consistency",), "names of Secrets that are made elsewhere or kept as they are"),
    ] = frozenset()
    known_references: Annotated[
        frozenset[str],
        Switch("knownReferences", ("consistency",), "ConfigMaps, claims and accounts that are made elsewhere"),
    ] = frozenset({"kube-root-ca.crt"})
    least_replicas: Annotated[
        int, Switch("leastReplicas", ("consistency",), "pods that an autoscaler leaves at the least")
    ] = 2

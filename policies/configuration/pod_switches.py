"""The switches of policies on pods: accounts, sizes, images, probes, copies and the Pod Security Standards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from quadrant_platform.policies.configuration.pod_security_version import LATEST, Version, parse_version
from quadrant_platform.policies.configuration.switches import Names, Switch
from quadrant_platform.quantities import parse_quantity
from quadrant_platform.vocabulary import COMPONENT_LABEL, TIER_LABEL


def _version(value: object) -> object:
    return parse_version(value) if isinstance(value, str) else value


PodSecurityVersion = Annotated[Version, BeforeValidator(_version), WithJsonSchema({"type": "string"})]
_POD_SECURITY = (
    "no-privileged", "no-host-namespaces", "volume-types", "no-host-ports", "no-host-probes-or-host-process",
    "drop-all-capabilities", "no-privilege-escalation", "run-as-non-root", "seccomp", "kernel-surface",
)  # fmt: skip
CpuLimits = Literal["required", "optional", "forbidden"]

REGISTRIES = frozenset({
    "docker.io", "quadrant.dev", "ghcr.io", "quay.io", "gcr.io", "*.gcr.io", "registry.k8s.io", "registry.gitlab.com",
    "public.ecr.aws", "*.dkr.ecr.*.amazonaws.com", "*.pkg.dev", "*.azurecr.io", "mcr.microsoft.com", "nvcr.io",
    "cgr.dev", "docker.elastic.co", "registry.access.redhat.com", "registry.redhat.io", "registry.example.com",
})  # fmt: skip
"""Registries that publish under their own terms; `registry.example.com` is a placeholder for yours."""


def _quantity(text: str) -> str:
    parse_quantity(text)
    return text


Amount = Annotated[str, AfterValidator(_quantity)]


class Ceiling(BaseModel):
    """The most that one container of a tier may take."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)

    cpu: Amount = Field("32", description="cores")
    memory: Amount = Field("128Gi", description="of a container, or of an emptyDir in memory")
    ephemeral_storage: Amount = Field("256Gi", description="of a container, or of an emptyDir")
    ratio: float = Field(16, gt=0, description="of a limit to its request, for CPU and memory")


@dataclass(frozen=True)
class PodSwitches:
    """Switches of policies on pods."""

    lowest_id: Annotated[int, Switch(("high-uid-gid",), "the lowest number of a user or group; 0 permits all")] = 10_000
    fixed_users: Annotated[
        Names, Switch(("high-uid-gid",), "images that only run as a user of their own, by repository")
    ] = frozenset({"docker.io/library/postgres"})
    token_accounts: Annotated[
        Names, Switch(("operations",), "accounts that call the API server: name or namespace/name")
    ] = frozenset({"traefik"})
    cpu_limits: Annotated[
        CpuLimits, Switch(("requests-and-limits",), "whether CPU limits are required, optional or forbidden")
    ] = "required"
    limit_range_namespaces: Annotated[
        Names, Switch(("requests-and-limits",), "namespaces where a LimitRange fills in what is omitted")
    ] = frozenset()
    ceilings: Annotated[
        Mapping[str, Ceiling],
        Switch(("tier-ceilings",), f"by the label {TIER_LABEL}; `other` is for all that have no own"),
    ] = field(default_factory=lambda: {"other": Ceiling()})
    bounded_storage: Annotated[bool, Switch(("tier-ceilings",), "ask for requests and limits of ephemeral-storage")] = (
        True
    )
    low_ports: Annotated[
        frozenset[int], Switch(("allowed-ports",), "ports below 1024 on which containers may listen")
    ] = frozenset()
    registries: Annotated[
        Names,
        Switch(("registry-allow-list",), "hosts, with a path if need be; `*` stands for one label of a host name"),
    ] = REGISTRIES
    startup_components: Annotated[Names, Switch(("probes",), f"{COMPONENT_LABEL} of pods that need a startupProbe")] = (
        frozenset({"service", "database", "pooler", "cache", "sentinel", "objectStore", "broker"})
    )
    critical_tiers: Annotated[
        Names,
        Switch(("operations", "stack-advice"), f"values of the label {TIER_LABEL} that must run more than one copy"),
    ] = frozenset({"1"})
    require_digest: Annotated[bool, Switch(("pinned-by-tag-and-digest",), "also ask for the image's sha256 digest")] = (
        False
    )
    pod_security_version: Annotated[
        PodSecurityVersion, Switch(_POD_SECURITY, "the version of the Pod Security Standards: 1.34 and up, or latest")
    ] = LATEST

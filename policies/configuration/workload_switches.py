"""The switches of policies on workloads: accounts, sizes, images, probes and copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from quadrant_platform.policies.configuration.switches import Switch
from quadrant_platform.policies.core.quantities import parse_quantity

CpuLimits = Literal["required", "optional", "forbidden"]

REGISTRIES = frozenset({
    "docker.io", "quadrant.dev", "ghcr.io", "quay.io", "gcr.io", "*.gcr.io", "registry.k8s.io", "registry.gitlab.com",
    "public.ecr.aws", "*.dkr.ecr.*.amazonaws.com", "*.pkg.dev", "*.azurecr.io", "mcr.microsoft.com", "nvcr.io",
    "cgr.dev", "docker.elastic.co", "registry.access.redhat.com", "registry.redhat.io", "registry.example.com",
})  # fmt: skip
"""Registries that publish under their own terms; `registry.example.com` is nobody's and stands for yours."""


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
class WorkloadSwitches:
    """Switches of policies on workloads."""

    lowest_id: Annotated[
        int, Switch("lowestId", ("high-uid-gid",), "the lowest number of a user or group; 0 permits all")
    ] = 10_000
    fixed_users: Annotated[
        frozenset[str],
        Switch("fixedUsers", ("high-uid-gid",), "images that only run as the user they bring, by repository"),
    ] = frozenset({"docker.io/library/postgres"})
    token_accounts: Annotated[
        frozenset[str],
        Switch("tokenAccounts", ("service-account",), "accounts that call the API server: name or namespace/name"),
    ] = frozenset({"traefik"})
    cpu_limits: Annotated[
        CpuLimits,
        Switch("cpuLimits", ("requests-and-limits",), "whether CPU limits are required, optional or forbidden"),
    ] = "required"
    limit_range_namespaces: Annotated[
        frozenset[str],
        Switch(
            "limitRangeNamespaces", ("requests-and-limits",), "namespaces where a LimitRange fills in what is omitted"
        ),
    ] = frozenset()
    ceilings: Annotated[
        Mapping[str, Ceiling],
        Switch("ceilings", ("tier-ceilings",), "by the label quadrant.dev/tier; `other` is for all that have no own"),
    ] = field(default_factory=lambda: {"other": Ceiling()})
    bounded_storage: Annotated[
        bool,
        Switch("boundedStorage", ("tier-ceilings",), "ask for requests and limits of ephemeral-storage"),
    ] = True
    low_ports: Annotated[
        frozenset[int], Switch("lowPorts", ("allowed-ports",), "ports below 1024 on which containers may listen")
    ] = frozenset()
    registries: Annotated[
        frozenset[str],
        Switch(
            "registries",
            ("registry-allow-list",),
            "hosts, with a path if need be; `*` stands for one label of a host name",
        ),
    ] = REGISTRIES
    startup_components: Annotated[
        frozenset[str],
        Switch("startupComponents", ("probes",), "app.kubernetes.io/component of pods that need a startupProbe"),
    ] = frozenset({"service", "database", "pooler", "cache", "sentinel", "objectStore", "broker"})
    critical_tiers: Annotated[
        frozenset[str],
        Switch(
            "criticalTiers",
            ("operations", "stack-advice"),
            "values of the label quadrant.dev/tier that must run more than one copy",
        ),
    ] = frozenset({"1"})

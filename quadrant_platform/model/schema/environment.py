"""An environment: how big, where and on which engines a system runs."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from quadrant_platform.model.schema.control_peers import CONTROL_PEERS, ControlPeer
from quadrant_platform.model.schema.network import Network
from quadrant_platform.model.schema.pod_settings import PodSettings, Share
from quadrant_platform.model.schema.types import (
    Cidr,
    Image,
    Model,
    Name,
    Stage,
)


class Publishing(Model):
    """How the public entry is announced outside."""

    load_balancer_address: str | None = None
    load_balancer_annotations: dict[str, str] = {}
    external_dns: bool = False
    issuer: Literal["selfSigned", "acme"]
    acme_server: str = "https://acme-v02.api.letsencrypt.org/directory"
    acme_email: str = "platform@example.com"
    dns_challenge: dict[str, Any] = Field(default={}, description="cert-manager's dns01 solver, for wildcard names")


class ExternalAddress(Model):
    """Where an external database listens."""

    primary: Cidr = Field(description="one address, as /32 or /128")
    replicas: tuple[Cidr, ...] = ()


class EntrySettings(PodSettings):
    """What the public entry has beside that."""

    hsts_preload: bool
    network: Network = Network()
    publishing: Publishing


class Environment(EntrySettings):
    """How big, where and on which engines; `dev` and `prod` are presets of it."""

    name: Stage
    copies: Literal["single", "declared"] = Field(description="single: one pod each and no autoscaler")
    size_profile: str | None = Field(default=None, description="which of a workload's sizing profiles applies")
    requests: Share
    databases: Literal["statefulSet", "cloudNativePg"]
    secrets: Literal["generated", "vault"]
    cache_mode: Literal["declared", "single"] = "declared"
    spot: bool = False
    peers: dict[str, ControlPeer] = Field(default={}, description="control planes that differ from the usual ones")
    external_databases: dict[Name, ExternalAddress] = {}
    images: dict[str, Image] = Field(default={}, description="image in place of the declared one, by workload")
    stand_in: Image | None = Field(default=None, description="image in place of the system's own; `images` goes first")
    protect_data: bool = Field(
        description="whether what holds data is never deleted, unless the stack's `quadrant:release` names it"
    )
    dev_ports: bool = Field(default=False, description="list the ports that `make` may forward")

    @property
    def control_peers(self) -> dict[str, ControlPeer]:
        """Return every control plane that a flow may name."""
        return CONTROL_PEERS | self.peers

    @model_validator(mode="after")
    def _no_debug_in_prod(self) -> Self:
        if self.name is Stage.PROD and self.log_level == "DEBUG":
            raise ValueError("logLevel DEBUG is for dev; use ERROR, WARN or INFO in prod")
        return self


_DEV: dict[str, Any] = {
    "name": "dev",
    "copies": "single",
    "requests": {"services": 10, "stores": 25},
    "storageLimit": "1Gi",
    "probes": {"readinessPeriod": 15, "readinessTimeout": 5, "readinessFailures": 3},
    "databases": "statefulSet",
    "secrets": "generated",
    "logLevel": "DEBUG",
    "hstsPreload": False,
    "spread": "preferred",
    "zones": False,
    "devPorts": True,
    "protectData": False,
    "publishing": {"issuer": "selfSigned"},
    "network": {"apiServer": {"cidrs": ["10.96.0.1/32", "10.244.255.1/32"]}, "trustedProxies": {}},
}

_PROD: dict[str, Any] = {
    "name": "prod",
    "copies": "declared",
    "requests": {"services": 50, "stores": 100},
    "probes": {"readinessPeriod": 3, "readinessTimeout": 2, "readinessFailures": 2},
    "databases": "cloudNativePg",
    "secrets": "vault",
    "logLevel": "INFO",
    "hstsPreload": True,
    "spread": "required",
    "zones": True,
    "protectData": True,
    "publishing": {"issuer": "acme"},
    "network": {"apiServer": {"cidrs": ["10.96.0.1/32"]}},
}

PRESETS: dict[Stage, dict[str, Any]] = {Stage.DEV: _DEV, Stage.PROD: _PROD}
"""The two presets in wire form; a stack names one and overrides what it must."""


def merged(base: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `overrides` laid over it, mapping by mapping."""
    result = dict(base)
    for key, value in overrides.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result

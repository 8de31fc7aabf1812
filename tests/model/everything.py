"""A system that sets every key of the schema, and environments in which each of its parts runs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from quadrant_platform.model.schema.environment import PRESETS, merged
from quadrant_platform.model.schema.types import Stage
from tests.components.sample import document

_ADDRESS = {"primary": "10.20.0.5/32", "replicas": ["10.20.0.6/32"]}
_CLUSTER = {
    "dns": {"extraCidrs": ["169.254.20.10/32"]},
    "apiServer": {"cidrs": ["10.96.0.1/32"], "ports": [443]},
    "nodeCidrs": ["192.168.7.0/24"],
    "clusterCidrs": ["198.18.0.0/16"],
    "authorizedNetworks": ["203.0.113.0/24"],
    "trustedProxies": {"proxyProtocol": ["192.0.2.0/28"], "forwardedHeaders": ["198.51.100.0/24"], "depth": 2},
}
CONTEXTS: Mapping[str, tuple[Stage, Mapping[str, Any]]] = {
    "dev": (Stage.DEV, {"storageClass": "fast", "network": _CLUSTER}),
    "prod": (
        Stage.PROD,
        {
            "externalDatabases": {"ledger-db": _ADDRESS, "traces-db": _ADDRESS | {"primary": "10.20.0.9/32"}},
            "publishing": {"dnsChallenge": {"route53": {}}, "loadBalancerAddress": "203.0.113.7"},
            "peers": {
                "pyroscope": {
                    "namespace": "profiles",
                    "labels": {"app": "pyroscope"},
                    "ports": {"http": 4040},
                    "service": "profiles",
                }
            },
            "images": {"web": "shop/web:1.0.1"},
        },
    ),
    "operators in dev": (
        Stage.DEV,
        {
            "copies": "declared",
            "databases": "cloudNativePg",
            "secrets": "vault",
            "sizeProfile": "big",
            "standIn": "shop/stand-in:1.0.0",
            "storageLimit": None,
        },
    ),
}
"""Overrides of a preset, by the name of the environment that they make."""


@cache
def everything() -> dict[str, Any]:
    """Return the system in wire form."""
    added = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return merged(document(), added)


@cache
def environments() -> dict[str, dict[str, Any]]:
    """Return the environments in wire form."""
    return {name: merged(PRESETS[stage], dict(overrides)) for name, (stage, overrides) in CONTEXTS.items()}

"""Redis: what a cache and the Sentinels around it have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from quadrant_platform.components.base.component import BuildContext
from quadrant_platform.components.builders import manifests
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.schema import datastores as declared

SETTINGS, DATA = "/etc/redis", "/data"
MEMBERS = 3
"""Servers under Sentinel, and Sentinels: the fewest of which one may fail and a majority remains."""
POD_NAME = "statefulset.kubernetes.io/pod-name"


class CacheArgs(TypedDict):
    """What a cache, or the Sentinels around it, is built from."""

    site: BuildContext
    cache: declared.CacheSpec


def set_name(endpoint: Endpoint, cache: declared.CacheSpec) -> str:
    """Return the name of the StatefulSet, which its pods' names begin with."""
    return cache.stateful_set or manifests.name_of(endpoint)


def members(stateful_set: str) -> list[str]:
    """Return the names of the pods under Sentinel, or of the Sentinels."""
    return [f"{stateful_set}-{ordinal}" for ordinal in range(MEMBERS)]


def member_service(
    endpoint: Endpoint, labels: Mapping[str, str], name: str, pod_name: str, *, always: bool = False
) -> Manifest:
    """Return the Service of one copy: a name and an address that outlive the pod; `always`, ready or not."""
    first = endpoint.listeners[0]
    result = manifests.service(endpoint, labels, name=name, ports={first.number: first})
    result["spec"]["selector"] = {**dict(endpoint.labels), POD_NAME: pod_name}
    if always:
        result["spec"]["publishNotReadyAddresses"] = True
    return result

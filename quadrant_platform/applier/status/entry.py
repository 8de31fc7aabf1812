"""The public entry of a live system: its addresses, and where it is met from this machine."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from quadrant_platform.applier.observed.object_keys import Manifest

_HOST = re.compile(r"Host\(`([^`]+)`\)")
_PATH = re.compile(r"Path(?:Prefix)?\(`([^`]+)`\)")
_FORWARDED = 8443


@dataclass(frozen=True, slots=True)
class EntryAddress:
    """Where the public entry is met."""

    address: str
    port: int
    first: str = ""
    """The command that opens it; empty where it is open."""


def foreign_address(objects: Collection[Manifest]) -> EntryAddress:
    """Return the address of the load balancer, or a port that kubectl forwards, for the objects of a system."""
    for one in objects:
        if one["kind"] == "Service" and one["spec"].get("type") == "LoadBalancer":
            for given in one.get("status", {}).get("loadBalancer", {}).get("ingress", ()):
                return EntryAddress(given.get("ip") or given["hostname"], 443)
            where = f"--namespace {one['metadata']['namespace']} service/{one['metadata']['name']}"
            return EntryAddress("127.0.0.1", _FORWARDED, f"kubectl port-forward {where} {_FORWARDED}:443")
    return EntryAddress("127.0.0.1", _FORWARDED)


def routes(objects: Collection[Manifest], door: EntryAddress) -> Iterator[dict[str, Any]]:
    """Yield every public address once, with what curl needs to find it without a resolver."""
    found = set[tuple[str, str]]()
    for one in objects:
        for rule in one["spec"]["routes"] if one["kind"] == "IngressRoute" else ():
            path = next(iter(_PATH.findall(rule["match"])), "/")
            found |= {(host, path) for host in _HOST.findall(rule["match"])}
    port = "" if door.port == 443 else f":{door.port}"
    for host, path in sorted(found):
        yield {"url": f"https://{host}{port}{path}", "resolve": f"{host}:{door.port}:{door.address}"}


def authority_secret(objects: Collection[Manifest], frontends: Collection[str]) -> tuple[str, str] | None:
    """Return namespace and name of the Secret with the entry's own authority; None where others signed for it."""
    for one in objects:
        if one["kind"] == "Certificate" and one["metadata"]["namespace"] in frontends and one["spec"].get("isCA"):
            return one["metadata"]["namespace"], one["spec"]["secretName"]
    return None

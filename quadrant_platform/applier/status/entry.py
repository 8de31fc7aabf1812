"""The public entry of a live system: its routes, and the address at which this machine reaches it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from quadrant_platform.program.rendering import Manifest

_HOST = re.compile(r"Host\(`([^`]+)`\)")
_PATH = re.compile(r"Path(?:Prefix)?\(`([^`]+)`\)")
_FORWARDED = 8443


@dataclass(frozen=True, slots=True)
class EntryAddress:
    """The address of the public entry."""

    address: str
    port: int
    forward: str = ""
    """The command that forwards it; empty where it is reached directly."""


def foreign_address(objects: Collection[Manifest]) -> EntryAddress:
    """Return the address of a system's load balancer, or a port that kubectl forwards."""
    for one in objects:
        if one["kind"] == "Service" and one["spec"].get("type") == "LoadBalancer":
            for given in one.get("status", {}).get("loadBalancer", {}).get("ingress", ()):
                return EntryAddress(given.get("ip") or given["hostname"], 443)
            where = f"--namespace {one['metadata']['namespace']} service/{one['metadata']['name']}"
            return EntryAddress("127.0.0.1", _FORWARDED, f"kubectl port-forward {where} {_FORWARDED}:443")
    return EntryAddress("127.0.0.1", _FORWARDED)


def routes(objects: Collection[Manifest], entry: EntryAddress) -> Iterator[dict[str, Any]]:
    """Yield every public address once, with the option by which curl finds it without a resolver."""
    found = set[tuple[str, str]]()
    for one in objects:
        for rule in one["spec"]["routes"] if one["kind"] == "IngressRoute" else ():
            path = next(iter(_PATH.findall(rule["match"])), "/")
            found |= {(host, path) for host in _HOST.findall(rule["match"])}
    port = "" if entry.port == 443 else f":{entry.port}"
    for host, path in sorted(found):
        yield {"url": f"https://{host}{port}{path}", "resolve": f"{host}:{entry.port}:{entry.address}"}


def authority_secret(objects: Collection[Manifest], frontends: Collection[str]) -> tuple[str, str] | None:
    """Return namespace and name of the Secret with the entry's own authority; None where another one signs."""
    for one in objects:
        if one["kind"] == "Certificate" and one["metadata"]["namespace"] in frontends and one["spec"].get("isCA"):
            return one["metadata"]["namespace"], one["spec"]["secretName"]
    return None

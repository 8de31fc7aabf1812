"""The addresses of the API server, as the network policies of a cluster have to permit them."""

from collections.abc import Collection
from ipaddress import ip_address, ip_network
from typing import Any

from quadrant_platform.preflight.facts import ClusterFacts


def found_in(facts: ClusterFacts) -> dict[str, Any]:
    """Return the settings of an environment that its cluster knows better than a preset; empty where it hides them."""
    blocks = api_blocks(facts)
    return {"network": {"apiServer": {"cidrs": blocks}}} if blocks else {}


def api_blocks(facts: ClusterFacts) -> list[str]:
    """Return the API server's addresses, each as a block of one."""
    return [str(ip_network(ip_address(one))) for one in facts.api_addresses or ()]


def uncovered(cidrs: Collection[str], blocks: Collection[str]) -> list[str]:
    """Return the blocks of one address that no other block contains."""
    return [block for block in blocks if not any(holds(cidr, block) for cidr in cidrs)]


def holds(cidr: str, block: str) -> bool:
    """Return whether a block contains one of a single address."""
    outer, one = ip_network(cidr, strict=False), ip_network(block)
    return outer.version == one.version and int(outer[0]) <= int(one[0]) <= int(outer[-1])

"""Addresses of a cluster's API server that the policies of a stack keep its pods from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from quadrant_platform.model.stack_file import OVERRIDES

PEER = "api-server"
"""The matrix's name for the addresses of `network.apiServer.cidrs`; absent where no row leads there."""


def uncovered(cidrs: Collection[str], addresses: Collection[str]) -> list[str]:
    """Return the addresses, each a block of one, that no block contains."""
    return [address for address in addresses if not any(_holds(cidr, address) for cidr in cidrs)]


def unreachable_api(matrix: Mapping[str, Any], addresses: Collection[str], file: str) -> Iterator[str]:
    """Yield a warning for each address of an API server that no policy opens to a stack's pods."""
    blocks = [block["cidr"] for block in matrix["peers"].get(PEER, {"blocks": ()})["blocks"]]
    watchers = sorted({row["from"] for row in matrix["rows"] if row["to"] == PEER})
    missing = uncovered(blocks, addresses) if watchers else []
    # An override replaces the whole list, so the setting has to repeat the entries that are right.
    right = [cidr for cidr in blocks if any(_holds(cidr, address) for address in addresses)]
    setting = json.dumps({"network": {"apiServer": {"cidrs": [*right, *missing]}}})
    for address in missing:
        yield (
            f"warning: this cluster's API server is at {address}, which network.apiServer.cidrs ({', '.join(blocks)}) "
            f"does not cover: the policies may cut {', '.join(watchers)} off from it; "
            f"write {setting} under {OVERRIDES} in {file}"
        )


def _holds(cidr: str, address: str) -> bool:
    block, one = ip_network(cidr, strict=False), ip_network(address)
    return block.version == one.version and int(block[0]) <= int(one[0]) <= int(block[-1])

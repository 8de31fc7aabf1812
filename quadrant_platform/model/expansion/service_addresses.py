"""Addresses for Services that need a known one: which addresses of a cluster to try for a Service, best first."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import NamedTuple

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

ASSUMED_RANGE = "10.96.0.0/16"
"""Where no cluster is asked: the range with which clusters of kubeadm, of kind and of the lab begin."""
CONVENTIONAL = 10
"""The first addresses of a range, which clusters give to the Kubernetes API, the resolver and the like."""


class Span(NamedTuple):
    """The addresses from the first to the last, both included."""

    first: Address
    last: Address


def usable(block: Network) -> Span:
    """Return the addresses of a block that a Service can have: without the first, and in IPv4 without the last."""
    if block.num_addresses <= 2:
        return Span(block[0], block[-1])
    return Span(block[1], block[-2] if block.version == 4 else block[-1])


def static_band(block: Network) -> int:
    """Return how many addresses at the start of a range Kubernetes hands out last.

    Source: Kubernetes enhancement 3070, ServiceIPStaticSubrange.
    """
    size = block.num_addresses
    return 0 if size <= 16 else min(max(size // 16, 16), 256)


def spans_of(block: Network) -> Iterator[Span]:
    """Yield a range in the order in which to take addresses: its static band, the rest, the conventional ones."""
    band, last = static_band(block), int(usable(block).last) - int(block[0])
    for low, high in ((CONVENTIONAL + 1, band), (max(band, CONVENTIONAL) + 1, last), (1, min(CONVENTIONAL, last))):
        if low <= high:
            yield Span(block[low], block[high])


def candidates(service: str, spans: Iterable[Span]) -> Iterator[str]:
    """Yield every address of some spans in turn; within a span, the first one follows from the Service's name.

    So the address of a Service does not depend on the other ones, unless they meet.
    """
    digest = int.from_bytes(hashlib.sha256(service.encode()).digest())
    for span in spans:
        size = int(span.last) - int(span.first) + 1
        yield from (str(span.first + (digest + step) % size) for step in range(size))


def guesses(services: Iterable[str], egress_cidr: str | None) -> dict[str, str]:
    """Return an address for each Service where no cluster is asked: the one that a cluster with nothing in it gives."""
    network = ip_network(egress_cidr or ASSUMED_RANGE)
    return chosen(services, [usable(network)] if egress_cidr else list(spans_of(network)), ())


def chosen(services: Iterable[str], spans: Sequence[Span], taken: Iterable[str]) -> dict[str, str]:
    """Return a free address for each Service, in the order of names; those for which none is left are absent."""
    occupied, found = set(taken), dict[str, str]()
    for service in sorted(services):
        if address := next((one for one in candidates(service, spans) if one not in occupied), None):
            found[service] = address
            occupied.add(address)
    return found

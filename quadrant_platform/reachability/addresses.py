"""The address space, cut at every network that a policy or a question names.

CIDRs are nested or disjoint, so "a named network without the named networks inside it" is a set of addresses that no
policy can tell apart. Such a set is a cell; its name is the network's.
"""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, NamedTuple, Self

from quadrant_platform.vocabulary import WORLD

Network = IPv4Network | IPv6Network


class Range(NamedTuple):
    """An `ipBlock`: a network and the networks taken out of it."""

    cidr: str
    excepts: tuple[str, ...] = ()

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Read the `ipBlock` of a manifest, or a block of the matrix."""
        return cls(raw["cidr"], tuple(raw.get("except") or ()))

    @property
    def networks(self) -> tuple[str, ...]:
        """All networks that it names."""
        return (self.cidr, *self.excepts)


class AddressSet(NamedTuple):
    """A named part of the address space: the union of its ranges."""

    id: str
    ranges: tuple[Range, ...]


class Cells:
    """The partition of both address families by all networks given; cells are named by their network."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._parsed: dict[str, Network] = {}
        named = {self._parse(network) for network in (*WORLD, *networks)}
        self._cells = {str(network): network for network in named if not _is_covered(network, named)}
        self.all = frozenset(self._cells)
        self._inside: dict[str, frozenset[str]] = {}

    def of_range(self, part: Range) -> frozenset[str]:
        """Return the cells of one range."""
        return self._within(part.cidr).difference(*(self._within(network) for network in part.excepts))

    def of_ranges(self, ranges: Sequence[Range]) -> frozenset[str]:
        """Return the cells of a union of ranges."""
        return frozenset[str]().union(*(self.of_range(part) for part in ranges))

    def _parse(self, cidr: str) -> Network:
        """Read a network; drop host bits, as the API server's parser does."""
        if cidr not in self._parsed:
            self._parsed[cidr] = ip_network(cidr, strict=False)
        return self._parsed[cidr]

    def _within(self, cidr: str) -> frozenset[str]:
        if cidr not in self._inside:
            outer = self._parse(cidr)
            self._inside[cidr] = frozenset(name for name, cell in self._cells.items() if _contains(outer, cell))
        return self._inside[cidr]


def _contains(outer: Network, inner: Network) -> bool:
    """Return whether one network lies in another; `subnet_of` refuses two families."""
    if outer.version != inner.version or outer.prefixlen > inner.prefixlen:
        return False
    shift = outer.max_prefixlen - outer.prefixlen
    return int(inner.network_address) >> shift == int(outer.network_address) >> shift


def _is_covered(network: Network, named: Iterable[Network]) -> bool:
    """Return whether the networks inside leave nothing of a network, so that its cell would be empty."""
    inner = [other for other in named if other != network and _contains(network, other)]
    outermost = [one for one in inner if not any(two != one and _contains(two, one) for two in inner)]
    return sum(one.num_addresses for one in outermost) == network.num_addresses

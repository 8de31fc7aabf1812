"""The facts of a cluster on which a stack depends, read once.

None stands for what the cluster does not say or its user may not read: a check of it says nothing then. An empty
collection is an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class StorageClass(NamedTuple):
    """A storage class."""

    expands: bool
    """Whether claims of the class may grow."""
    default: bool


class Claim(NamedTuple):
    """A claim that exists."""

    size: str
    """The requested quantity."""
    storage_class: str | None
    access_modes: tuple[str, ...] = ()
    bound: bool = True
    """Whether it has its volume."""
    capacity: str | None = None
    """What its volume has; less than requested until growth has happened."""


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """A cluster that answered."""

    uid: str
    """The UID of the namespace kube-system: the cluster's identity, however it is reached."""
    service_ranges: tuple[str, ...] | None = None
    """The blocks of Service addresses."""
    service_addresses: Mapping[str, str] | None = None
    """The Services that have a cluster address: `namespace/name` by address."""
    api_addresses: tuple[str, ...] | None = None
    """The addresses at which pods reach the API server: those of its Service and of the endpoints behind it."""
    storage_classes: Mapping[str, StorageClass] | None = None
    claims: Mapping[str, Claim] | None = None
    """By `namespace/name`."""
    namespaces: Mapping[str, Mapping[str, str]] | None = None
    """Labels by name."""
    names: Mapping[str, frozenset[str]] | None = None
    """The names of further objects without a namespace, such as ClusterIssuers, by kind; a kind may be missing."""
    kinds: frozenset[tuple[str, str]] | None = None
    """What the cluster serves: apiVersion and kind."""

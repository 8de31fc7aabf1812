"""The facts of a cluster on which a stack depends, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """A cluster that answered."""

    uid: str
    """The UID of the namespace kube-system: the cluster's identity, however it is reached."""
    service_ranges: tuple[str, ...] = ()
    """The blocks of Service addresses; empty where the cluster does not say."""
    service_addresses: Mapping[str, str] = field(default_factory=dict)
    """The Services that have a cluster address: `namespace/name` by address."""
    storage_classes: Mapping[str, StorageClass] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    """By `namespace/name`."""
    namespaces: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Labels by name."""
    kinds: frozenset[tuple[str, str]] = frozenset()
    """What the cluster serves: apiVersion and kind."""

"""Moves: where an earlier program may have registered what is registered now, so that nothing is deleted and made anew.

A URN has the types of all components around a resource. So the objects of a row have other URNs where the row is of
another kind, under names that the cluster has already.
"""

from collections.abc import Iterable, Sequence
from itertools import product

import pulumi

ROWS = (
    "data:Broker",
    "data:Cache",
    "data:ClickHouse",
    "data:Cluster",
    "data:Database",
    "data:ExternalDatabase",
    "data:ManagedPooler",
    "data:ObjectStore",
    "data:Pooler",
    "workload:Job",
    "workload:Service",
)
"""The tokens of the components that the rows of a system become, past ones included."""
_TYPES = tuple(f"quadrant:{token}" for token in ROWS)

Aliases = Sequence[pulumi.Input[str | pulumi.Alias]]


def earlier_components(type_: str, name: str, former: Iterable[str]) -> Aliases:
    """Return the aliases of a row's component, which its objects inherit."""
    if type_ not in _TYPES:
        return []
    places = product((name, *former), (type_, *_TYPES))
    return [pulumi.Alias(one, other) for one, other in dict.fromkeys(places) if (one, other) != (name, type_)]


def earlier_services(parent: pulumi.Resource | None, kind: str, name: str) -> Aliases:
    """Return the aliases of a Service, which may have been a further name of another row."""
    if kind != "Service" or parent is None or parent.pulumi_resource_type not in _TYPES:
        return []
    start, end = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::", f"$kubernetes:core/v1:Service::{name}"
    return [f"{start}{other}{end}" for other in _TYPES if other != parent.pulumi_resource_type]

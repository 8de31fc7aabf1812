"""Holders of data: the stores, services and jobs whose objects outlive their pods, and the names of these objects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from quadrant_platform.model.expansion.planned import Planned, PlannedCache, PlannedDatabase, PlannedProcess

STORE_CLAIM = "data"
"""The claim of a store's pods."""
STORE_KINDS = ("database", "objectStore", "broker")


@dataclass(frozen=True)
class Holder:
    """A workload that holds data, by the name that its team knows."""

    name: str
    namespace: str
    objects: tuple[str, ...]
    """Names of its claims, or of what an operator makes claims of."""
    secrets: tuple[str, ...]
    """What its data may be unreadable without."""

    @property
    def places(self) -> set[str]:
        """Return its objects as `namespace/name`."""
        return {f"{self.namespace}/{name}" for name in self.objects}


def holders(workloads: Iterable[Planned[Any]]) -> Iterator[Holder]:
    """Yield the workloads that hold data."""
    for one in workloads:
        if objects := tuple(_objects(one)):
            secrets = tuple(secret.name for secret in one.secrets)
            yield Holder(one.name, one.endpoint.namespace, objects, secrets)


def _objects(one: Planned[Any]) -> Iterator[str]:
    if isinstance(one, PlannedCache):
        yield from claim_names(STORE_CLAIM, one.stateful_set, one.copies)
        if one.sentinel is not None:
            yield from claim_names(STORE_CLAIM, one.sentinel.data_name, one.sentinel.copies)
    elif isinstance(one, PlannedDatabase) and one.engine == "cloudNativePg":
        yield one.data_name
    elif one.endpoint.kind in STORE_KINDS:
        yield from claim_names(STORE_CLAIM, one.data_name, one.copies)
    elif isinstance(one, PlannedProcess):
        yield from _volumes(one)


def _volumes(process: PlannedProcess[Any]) -> Iterator[str]:
    """Yield the claims of a service or a job; an autoscaler may have made one for each copy."""
    for name in process.spec.persistent:
        if process.endpoint.kind == "job":
            yield f"{process.data_name}-{name}"
        else:
            yield from claim_names(name, process.data_name, process.most_copies)


def claim_names(volume: str, stateful_set: str, copies: int) -> Iterator[str]:
    """Yield the claims of a StatefulSet, as Kubernetes names them."""
    yield from (f"{volume}-{stateful_set}-{ordinal}" for ordinal in range(copies))

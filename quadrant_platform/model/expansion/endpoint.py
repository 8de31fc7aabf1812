"""The ends of a flow: pods chosen by labels, or address blocks outside the cluster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from quadrant_platform.model.schema.types import Segment

EndpointKind = Literal[
    "service", "job", "database", "pooler", "cache", "sentinel", "objectStore", "broker", "edge", "egress",
    "control", "outside",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listener:
    """A port on which an endpoint accepts connections."""

    name: str
    number: int
    protocol: Literal["TCP", "UDP"] = "TCP"
    published: int | None = None
    """The Service's port where it differs from the pod's."""


@dataclass(frozen=True, slots=True)
class AddressBlock:
    """An address range, less its exceptions."""

    cidr: str
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a flow: pods, which have a namespace, or address blocks, which have none."""

    name: str
    kind: EndpointKind
    namespace: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    listeners: tuple[Listener, ...] = ()
    blocks: tuple[AddressBlock, ...] = ()
    segment: Segment | None = None
    metrics: str | None = None
    """Name of the listener that Prometheus scrapes."""
    probes: tuple[str, ...] = ()
    """Names of the listeners that the kubelet probes; others are probed by commands, or not at all."""
    id: str = field(init=False, compare=False)
    """`namespace/name` of pods, and the name of address blocks."""

    def __post_init__(self) -> None:
        """Derive the identity once: it is a key of every matrix."""
        object.__setattr__(self, "id", f"{self.namespace}/{self.name}" if self.namespace else self.name)

    @property
    def selector(self) -> dict[str, str]:
        """Return the labels that select the pods."""
        return dict(self.labels)

    @property
    def isolated(self) -> bool:
        """Return whether these are our own pods, which our policies select."""
        return self.kind not in ("control", "outside")

    @property
    def probed(self) -> tuple[Listener, ...]:
        """Return the listeners that the kubelet probes."""
        return tuple(listener for listener in self.listeners if listener.name in self.probes)

    def listener(self, port: int | str) -> Listener | None:
        """Return the listener that a row's port means: a name, a number or a published number, "/udp" for UDP."""
        text, _, protocol = str(port).partition("/")
        wanted = protocol.upper() or "TCP"
        matching = (
            listener
            for listener in self.listeners
            if listener.protocol == wanted and text in (listener.name, str(listener.published or listener.number))
        )
        return next(matching, None)

    def listening(self, port: int | str) -> Listener:
        """Return the listener of a port that must exist.

        Raises:
            LookupError: where nothing listens on the port.
        """
        listener = self.listener(port)
        if listener is None:
            raise LookupError(f"{self.id} does not listen on {port}")
        return listener


def control(namespace: str, name: str, labels: Mapping[str, str], listeners: Iterable[Listener] = ()) -> Endpoint:
    """Return pods of a control namespace, on which we have no policy."""
    return Endpoint(name, "control", namespace, tuple(sorted(labels.items())), tuple(listeners))


def outside(name: str, cidrs: Iterable[str], listeners: Iterable[Listener] = ()) -> Endpoint:
    """Return address blocks under a name."""
    return Endpoint(name, "outside", listeners=tuple(listeners), blocks=tuple(AddressBlock(cidr) for cidr in cidrs))

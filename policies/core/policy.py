"""What a policy is, and what it finds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.exemptions import Exemption
from quadrant_platform.policies.configuration.levels import Level
from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.workload_pods import Container, WorkloadPod, is_ours, pod_of


class Severity(StrEnum):
    """How bad a violation is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Finding:
    """One thing that a policy found. `obj` is set by stack policies."""

    message: str
    check: str = ""
    obj: Object | None = None


@dataclass(frozen=True)
class Violation:
    """A policy broken by an object. `check` is finer than the policy, such as an upstream check."""

    policy: str
    check: str
    level: Level
    kind: str
    namespace: str
    name: str
    message: str
    file: str | None = None
    line: int | None = None
    urn: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def is_exempted_by(self, row: Exemption) -> bool:
        """Return whether a row of the configuration covers this violation."""
        wanted = ("policy", "check", "urn", "kind", "namespace", "name")
        fits = all(getattr(row, field) in (None, getattr(self, field)) for field in wanted)
        return fits and row.labels.items() <= self.labels.items()


@dataclass(frozen=True)
class Subject:
    """One object before one policy."""

    obj: Object
    config: Config

    @property
    def node(self) -> Node:
        """The manifest."""
        return self.obj.node

    @cached_property
    def pod(self) -> WorkloadPod | None:
        """The pods that the object makes."""
        return pod_of(self.obj)

    @cached_property
    def is_ours(self) -> bool:
        """Whether the conventions of this platform are asked of the object."""
        return is_ours(self.obj)

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers of these pods."""
        return self.pod.containers if self.pod else ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The facts of every policy."""

    name: str
    title: str
    severity: Severity
    why: str
    remedy: str
    level: Level = Level.MANDATORY
    tags: tuple[str, ...] = ()

    @property
    def engine_name(self) -> str:
        """The name that the engine and a configuration use: that of the policy, or of its group."""
        return self.name

    @property
    def url(self) -> str:
        """The policy's page."""
        return f"docs/reference/policies/{self.name}.md"


@dataclass(frozen=True, kw_only=True)
class ResourcePolicy(Policy):
    """A policy on one object. `kinds` are the kinds of objects that it judges; all, if empty.

    `remedies` are the labels by which the engine mends the object, by the path of the metadata that lacks them.
    """

    predicate: Callable[[Subject], Iterator[Finding]]
    kinds: frozenset[str] = frozenset()
    remedies: Callable[[Subject], Mapping[tuple[str, ...], Mapping[str, str]]] | None = None

    def applies(self, kind: str) -> bool:
        """Return whether the policy judges objects of this kind."""
        return not self.kinds or kind in self.kinds


class FilledField(NamedTuple):
    """A field that the API server fills in where the program leaves it out, and a policy tells the two apart."""

    path: str
    kinds: frozenset[str]

    def is_unsaid(self, obj: Object) -> bool:
        """Return whether nobody knows what the program says of the field."""
        return obj.returned and obj.kind in self.kinds


@dataclass(frozen=True, kw_only=True)
class Group:
    """Stack policies that the engine runs as one, since it passes the whole stack once to each."""

    name: str
    title: str


ISOLATION = Group(name="network-isolation", title="Segments are isolated as the matrix says")
SURFACE = Group(name="public-surface", title="One way in, one way out, and every public route guarded")
CONSISTENCY = Group(name="consistency", title="Objects that refer to each other fit together")
ADVICE = Group(name="stack-advice", title="What a stack should also do")
OPERATIONS = Group(
    name="operations",
    title="Secrets and rights stay with their holders, nothing runs in debug mode, critical workloads have copies",
)
EXEMPTIONS = Group(name="exemptions", title="Exemptions are used and in force")


@dataclass(frozen=True, kw_only=True)
class StackPolicy(Policy):
    """A policy on all objects of a stack together. Some compare with the declared matrix.

    It abstains on `filled` fields of objects of which only the API server's answer is known.
    """

    predicate: Callable[[StackIndex], Iterator[Finding]]
    group: Group
    needs_matrix: bool = False
    filled: tuple[FilledField, ...] = ()

    @property
    def engine_name(self) -> str:
        """The name of the group."""
        return self.group.name

"""Rules of roles, as Kubernetes matches them to requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from quadrant_platform.policies.core import Node

ALL: Final = "*"
NAMELESS: Final = frozenset({"create", "deletecollection"})
"""Verbs whose requests carry no object's name."""
_NAMED_CREATION = frozenset({"update", "patch"})
"""Verbs that also ask for `create`, with the object's name, where the object is not there yet."""


class Request(NamedTuple):
    """What somebody asks of the API; a subresource stands behind a slash, as in rules."""

    verb: str
    group: str
    resource: str
    name: str = ""


@dataclass(frozen=True, eq=False)
class RoleRule:
    """One rule of a role; a request is allowed that each of its fields allows. A field is read when it is asked for."""

    node: Node

    @property
    def path(self) -> str:
        """Where the rule stands."""
        return self.node.path

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """What may be done."""
        return self._texts("verbs")

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups of the resources."""
        return self._texts("apiGroups")

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """The resources, a subresource behind a slash."""
        return self._texts("resources")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the objects; all of them, if empty."""
        return self._texts("resourceNames")

    @cached_property
    def urls(self) -> tuple[str, ...]:
        """Paths that are no resources."""
        return self._texts("nonResourceURLs")

    def _texts(self, field: str) -> tuple[str, ...]:
        return tuple(one.text() for one in self.node.at(field).items())

    def allows(self, request: Request) -> bool:
        """Return whether Kubernetes' authorizer lets the request pass."""
        return (
            _lists(self.verbs, request.verb)
            and _lists(self.groups, request.group)
            and any(takes(pattern, request.resource) for pattern in self.resources)
            and (not self.names or request.name in self.names)
        )

    def allows_url(self, verb: str, url: str) -> bool:
        """Return whether the authorizer lets a request pass that is for no resource."""
        return _lists(self.verbs, verb) and any(_takes_url(pattern, url) for pattern in self.urls)

    def covers(self, group: str) -> bool:
        """Return whether the rule is about a group."""
        return _lists(self.groups, group)

    def is_nameless(self, verb: str, resource: str) -> bool:
        """Return whether requests with this verb carry no name, so that `resourceNames` takes none of them.

        One to create a subresource has the object's name, and `*` is those too.
        """
        if verb != "create":
            return verb in NAMELESS
        is_collection = resource != ALL and "/" not in resource
        return is_collection and _NAMED_CREATION.isdisjoint(self.verbs) and ALL not in self.verbs


def rules_of(role: Node) -> Iterator[RoleRule]:
    """Yield the rules that a role states."""
    yield from map(RoleRule, role.at("rules").items())


def takes(pattern: str, resource: str) -> bool:
    """Return whether a rule's word stands for a resource: all, this one, or one subresource of everything."""
    _, slash, subresource = resource.partition("/")
    return pattern in (ALL, resource) or (bool(slash and subresource) and pattern == f"{ALL}/{subresource}")


def _takes_url(pattern: str, url: str) -> bool:
    return pattern in (ALL, url) or (pattern.endswith(ALL) and url.startswith(pattern.rstrip(ALL)))


def _lists(words: Iterable[str], word: str) -> bool:
    return any(one in (ALL, word) for one in words)

"""The Kubernetes objects behind the engine's resources, each read once for all policies."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

import pulumi_policy as sdk

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core import Object, StackIndex
from quadrant_platform.policies.core.objects import SECRET_VALUES, blank, objects

_PREFIX = "kubernetes:"
_COMPONENTS = frozenset({"helm.sh/v4"})
"""Resources of the engine that are no objects; those that they make are judged by themselves."""
_TARGET = "__target"
"""The key of the value that a proxy of the engine guards, as the engine's own serialiser reads it."""


def _plain(value: Any) -> Any:
    """Return the properties without proxies; an unknown value is one of the engine's strings for it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, sdk.Secret):
        return _plain(value.value)
    guarded: Any = value
    return _plain(guarded[_TARGET]) if isinstance(value, Mapping | Sequence) else value


def object_of(token: str, props: Mapping[str, Any], urn: str, *, computed: bool = False) -> Object | None:
    """Return the Kubernetes object behind a resource's properties; nothing for other providers.

    The resource's type gives group and kind where the properties lack them. Values of Secrets are blank, and absent
    where other resources `computed` them; the provider's own `__` keys are left out.
    """
    if not token.startswith(_PREFIX) or token.count(":") != 2:
        return None
    _, version, kind = token.split(":")
    if version in _COMPONENTS:
        return None
    hidden = SECRET_VALUES if kind == "Secret" else frozenset[str]()
    fields = {
        key: (None if computed else blank(value)) if key in hidden else value
        for key, value in _plain(props).items()
        if not key.startswith("__")
    }
    return Object({"apiVersion": version.removeprefix("core/"), "kind": kind} | fields, urn=urn)


def _registered(resource: sdk.PolicyResource) -> Object | None:
    """Return the object of a resource of a stack.

    A generated password is known after the update, though the program does not hold it: a property that depends on
    another resource differs from one that is written in the program.
    """
    makers = (resource.property_dependencies.get(field) for field in SECRET_VALUES)
    return object_of(resource.resource_type, resource.props, resource.urn, computed=any(makers))


class _Calls(threading.local):
    """The current call of a thread of the engine.

    For one resource, or one stack, the engine calls the policies one after another in their order, each with the same
    properties read anew. So a policy at no later position than the last one begins another call.
    """

    last = -1
    about: object = None
    found: Any = None

    def begins(self, position: int, about: object) -> bool:
        """Return whether the policy at a position is the first of its call about a resource or a stack."""
        same = self.about == about and position > self.last
        self.last, self.about = position, about
        return not same


class Resources:
    """The objects behind single resources."""

    def __init__(self) -> None:
        self._calls = _Calls()

    def read(self, position: int, args: sdk.ResourceValidationArgs) -> tuple[Object, ...]:
        """Return the objects of a call's resource for the policy at this position; a List has several."""
        if self._calls.begins(position, (args.urn, args.resource_type)):
            obj = object_of(args.resource_type, args.props, args.urn)
            self._calls.found = tuple(objects([obj] if obj else []))
        found: tuple[Object, ...] = self._calls.found
        return found


class Stacks:
    """The index of the stack, built once for all groups of policies."""

    def __init__(self) -> None:
        self._calls = _Calls()

    def read(self, position: int, resources: Iterable[sdk.PolicyResource], config: Config) -> StackIndex:
        """Return the index of a call's stack for the group at this position."""
        if self._calls.begins(position, tuple(one.urn for one in resources)):
            wrapped = map(_registered, resources)
            self._calls.found = StackIndex(tuple(objects(obj for obj in wrapped if obj)), config)
        stack: StackIndex = self._calls.found
        if stack.config is not config:
            self._calls.found = stack = copy(stack)  # which keeps the views
            stack.config = config
        return stack

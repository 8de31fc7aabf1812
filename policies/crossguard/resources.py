"""The Kubernetes objects behind the engine's resources, each read once for all policies.

The engine passes the inputs of a resource to the policies on single resources, and the outputs of all to the policies
on the stack: what the API server returned, with its defaults. The pack judges what the program says, so the objects of
a stack are those of the calls before.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import pulumi_policy as sdk

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core import Object, StackIndex
from quadrant_platform.policies.core.objects import SECRET_VALUES, blank, objects
from quadrant_platform.policies.crossguard.managed_fields import written_part

_PREFIX = "kubernetes:"
_COMPONENTS = frozenset({"helm.sh/v4"})
"""Resources of the engine that are no objects; those that they make are judged by themselves."""
_PATCH = "Patch"
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


def object_of(token: str, props: Mapping[str, Any], urn: str) -> Object | None:
    """Return the Kubernetes object behind a resource's properties; nothing for other providers.

    The resource's type gives group and kind where the properties lack them. Values of Secrets are blank; the provider's
    own `__` keys are left out. A resource without any properties is one that the update leaves out.
    """
    if not token.startswith(_PREFIX) or token.count(":") != 2:
        return None
    _, version, kind = token.split(":")
    fields = {
        key: blank(value) if key in SECRET_VALUES and kind == "Secret" else value
        for key, value in _plain(props).items()
        if not key.startswith("__")
    }
    if version in _COMPONENTS or not fields:
        return None
    return Object({"apiVersion": version.removeprefix("core/"), "kind": kind} | fields, urn=urn)


def _returned(resource: sdk.PolicyResource) -> Object | None:
    """Return the object of a resource that no call before was about: what its program wrote, as far as that shows."""
    obj = object_of(resource.resource_type, resource.props, resource.urn)
    if obj is None:
        return None
    written = None if resource.resource_type.endswith(_PATCH) else written_part(obj.manifest)
    return replace(obj, manifest=written) if written else replace(obj, returned=True)


def _without_computed(obj: Object, resource: sdk.PolicyResource) -> Object:
    """Leave out the values of a Secret that depend on another resource.

    A generated password is known after the update, though the program does not hold it.
    """
    if obj.kind != "Secret" or not any(map(resource.property_dependencies.get, SECRET_VALUES)):
        return obj
    return replace(obj, manifest={key: obj.manifest[key] for key in obj.manifest.keys() - SECRET_VALUES})


class ProgramInputs:
    """The objects of single resources by URN: what the program says, after remediation, in one run of the engine.

    A run passes every resource that the program registers, changed or not, and ends with its stack. One that it
    registers twice, to replace it, counts as registered last.
    """

    def __init__(self) -> None:
        self._objects: dict[str, Object | None] = {}
        self._is_over = False

    def remember(self, urn: str, obj: Object | None) -> None:
        """Keep the object of a resource; the first one after a stack begins another run."""
        if self._is_over:
            self._objects, self._is_over = {}, False
        self._objects[urn] = obj

    def of_stack(self, resources: Iterable[sdk.PolicyResource]) -> Iterator[Object]:
        """Yield the objects of the stack that ends the run.

        A patch changes an object of others: the policies on the stack see that whole object.
        """
        self._is_over = True
        for one in resources:
            seen = one.urn in self._objects and not one.resource_type.endswith(_PATCH)
            obj = self._objects[one.urn] if seen else _returned(one)
            if obj is not None:
                yield _without_computed(obj, one)


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

    def __init__(self, inputs: ProgramInputs) -> None:
        self._calls = _Calls()
        self._inputs = inputs

    def read(self, position: int, args: sdk.ResourceValidationArgs) -> tuple[Object, ...]:
        """Return the objects of a call's resource for the policy at this position; a List has several."""
        if self._calls.begins(position, (args.urn, args.resource_type)):
            obj = object_of(args.resource_type, args.props, args.urn)
            self._inputs.remember(args.urn, obj)
            self._calls.found = tuple(objects([obj] if obj else []))
        found: tuple[Object, ...] = self._calls.found
        return found


class Stacks:
    """The index of the stack, built once for all groups of policies."""

    def __init__(self, inputs: ProgramInputs) -> None:
        self._calls = _Calls()
        self._inputs = inputs

    def read(self, position: int, resources: Sequence[sdk.PolicyResource], config: Config) -> StackIndex:
        """Return the index of a call's stack for the group at this position."""
        if self._calls.begins(position, tuple(one.urn for one in resources)):
            self._calls.found = StackIndex(tuple(objects(self._inputs.of_stack(resources))), config)
        stack: StackIndex = self._calls.found
        if stack.config is not config:
            self._calls.found = stack = copy(stack)  # which keeps the views
            stack.config = config
        return stack

"""Runs policies and turns what they find, or cannot read, into violations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from policies.access import FieldError, UnknownFieldError
from policies.index import Stack
from policies.objects import Object
from policies.rules import Finding, Level, Policy, ResourcePolicy, StackPolicy, Subject, Violation
from policies.settings import Config
from policies.wellformed import NAME as WELL_FORMED

_NOWHERE = Object({})


def violation(policy: Policy, finding: Finding, obj: Object) -> Violation:
    """The finding of a policy about an object."""
    return Violation(
        policy.name, finding.check, policy.level, obj.kind, obj.namespace, obj.name, finding.message,
        obj.file, obj.line, obj.urn,
    )  # fmt: skip


def unreadable(policy: Policy, error: FieldError, obj: Object) -> Violation:
    """A field that the policy had to read: of the wrong type, or not known yet."""
    if isinstance(error, UnknownFieldError):
        return violation(policy, Finding(str(error), "unknown"), obj)
    found = violation(policy, Finding(str(error), "type"), obj)
    return replace(found, policy=WELL_FORMED, level=Level.MANDATORY)


def _run(policy: Policy, findings: Callable[[], Iterator[Finding]], obj: Object) -> Iterator[Violation]:
    try:
        for finding in findings():
            yield violation(policy, finding, finding.obj or obj)
    except FieldError as error:
        yield unreadable(policy, error, error.origin if isinstance(error.origin, Object) else obj)


def run_resource(policy: ResourcePolicy, obj: Object, config: Config) -> Iterator[Violation]:
    """The violations of one object against one policy."""
    if policy.applies(obj.kind):
        yield from _run(policy, lambda: policy.predicate(Subject(obj, config)), obj)


def run_stack(policy: StackPolicy, stack: Stack) -> Iterator[Violation]:
    """The violations of a whole stack against one policy."""
    if policy.group.needs_matrix and not stack.has_isolation:
        return
    yield from _run(policy, lambda: policy.predicate(stack), _NOWHERE)


def unreadable_views(policy: Policy, stack: Stack) -> Iterator[Violation]:
    """What the shared index had to leave out, on behalf of the policies that rely on it."""
    if not stack.readable:
        for error in stack.errors.values():
            yield unreadable(policy, error, error.origin if isinstance(error.origin, Object) else _NOWHERE)


def without_exempted(violations: Iterable[Violation], config: Config) -> Iterator[Violation]:
    """The violations that no exemption in force covers."""
    rows = [row for row in config.exemptions if row.expires >= config.today]
    for found in violations:
        if not any(row.covers(found.policy, found.kind, found.namespace, found.name) for row in rows):
            yield found

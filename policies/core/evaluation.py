"""Runs policies and turns what they find, or cannot read, into violations."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.levels import Level
from quadrant_platform.policies.core.access import WELL_FORMED, FieldError, UnknownFieldError
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, Policy, ResourcePolicy, StackPolicy, Subject, Violation

_NO_OBJECT = Object({})


def level_of(policy: Policy, config: Config) -> Level:
    """Return how hard the policy is enforced."""
    return config.levels.get(policy.engine_name, policy.level)


def violation(policy: Policy, finding: Finding, obj: Object, config: Config) -> Violation:
    """Return the finding of a policy about an object; when policies judge, remediation is over."""
    level = level_of(policy, config)
    return Violation(
        policy.name, finding.check, Level.MANDATORY if level is Level.REMEDIATE else level,
        obj.kind, obj.namespace, obj.name, finding.message, obj.file, obj.line, obj.urn, obj.readable_labels,
    )  # fmt: skip


def unreadable(policy: Policy, error: FieldError, obj: Object, config: Config) -> Violation:
    """Return the violation of a field that the policy has to read: of the wrong type, or not known yet."""
    if isinstance(error, UnknownFieldError):
        return violation(policy, Finding(str(error), "unknown"), obj, config)
    found = violation(policy, Finding(str(error), "type"), obj, config)
    return replace(found, policy=WELL_FORMED, level=config.levels.get(WELL_FORMED, Level.MANDATORY))


def _run(policy: Policy, findings: Callable[[], Iterator[Finding]], obj: Object, config: Config) -> Iterator[Violation]:
    try:
        for finding in findings():
            yield violation(policy, finding, finding.obj or obj, config)
    except FieldError as error:
        yield unreadable(policy, error, error.origin if isinstance(error.origin, Object) else obj, config)


def run_resource(policy: ResourcePolicy, obj: Object, config: Config) -> Iterator[Violation]:
    """Yield the violations of one object against one policy."""
    if policy.applies(obj.kind):
        yield from _run(policy, lambda: policy.predicate(Subject(obj, config.of(policy.name))), obj, config)


def run_stack(policy: StackPolicy, stack: StackIndex) -> Iterator[Violation]:
    """Yield the violations of a whole stack against one policy."""
    if policy.needs_matrix and not stack.has_isolation:
        return
    seen = stack.configured_for(policy.engine_name)
    yield from _run(policy, lambda: policy.predicate(seen), _NO_OBJECT, stack.config)


def unreadable_views(policy: Policy, stack: StackIndex) -> Iterator[Violation]:
    """Yield what the shared index had to leave out, on behalf of the policies that rely on it."""
    if not stack.readable:
        for error in stack.errors.values():
            obj = error.origin if isinstance(error.origin, Object) else _NO_OBJECT
            yield unreadable(policy, error, obj, stack.config)


def abstentions(policies: Iterable[StackPolicy], stack: StackIndex) -> Iterator[Violation]:
    """Yield, as advice, the fields on which policies abstain, since only the API server's answer is known."""
    for policy in policies:
        for field in policy.filled if level_of(policy, stack.config) is not Level.DISABLED else ():
            unsaid = [obj for obj in stack.objects if field.is_unsaid(obj)]
            if unsaid:
                where = f"{field.path} of {len(unsaid)} objects, this one among them,"
                text = f"{where} is known only as the API server returned it: this policy abstains on it"
                found = violation(policy, Finding(text, "abstains"), unsaid[0], stack.config)
                yield replace(found, level=Level.ADVISORY)


def without_exempted(violations: Iterable[Violation], config: Config) -> Iterator[Violation]:
    """Yield the violations that no exemption in force covers."""
    rows = [row for row in config.exemptions if row.expires >= config.today]
    for found in violations:
        if not any(found.is_exempted_by(row) for row in rows):
            yield found

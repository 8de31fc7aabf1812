"""The pack as the engine runs it: every resource policy on its own, stack policies in groups."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import pulumi_policy as sdk

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core import Level, Object, ResourcePolicy, StackIndex, StackPolicy, evaluation
from quadrant_platform.policies.core.access import WELL_FORMED
from quadrant_platform.policies.core.policy import ADVICE, Policy, Violation
from quadrant_platform.policies.crossguard.remediation import remedied
from quadrant_platform.policies.crossguard.resources import ProgramInputs, Resources, Stacks, object_of
from quadrant_platform.policies.pack import CONFIGURATION, POLICIES, RESOURCE_POLICIES, STACK_POLICIES

_NO_MATRIX = "no namespace is labelled as a segment and no matrix is registered"
_FRAMEWORKS = {
    "PSS": ("Pod Security Standards", "1.37"),
    "NSA": ("NSA/CISA Kubernetes Hardening Guide", "1.2"),
    "CIS": ("CIS Kubernetes Benchmark", "1.11"),
}


def _may_apply(policy: ResourcePolicy, token: str) -> bool:
    """Return whether a policy can apply, by the type alone; lists and patches hold objects of another kind."""
    kind = token.rpartition(":")[2]
    return kind.endswith("List") or policy.applies(kind.removesuffix("Patch"))


def message_of(found: Violation, policy: Policy) -> str:
    """Return the engine's text for a violation: rule, place, what, why and remedy."""
    rule = f"{found.policy}/{found.check}" if found.check else found.policy
    place = f"{found.kind} {found.namespace}/{found.name}".replace(" /", " ")
    return f"[{rule}] {place}: {found.message}. Why: {policy.why} Remedy: {policy.remedy} See {policy.url}"


class _GivenConfig:
    """The configuration, accumulated call by call: the engine passes each policy its own block."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._given: dict[str, Mapping[str, Any]] = {}

    def with_block(self, name: str, given: Mapping[str, Any]) -> Config:
        """Add the block of one policy or group. Raises BadInput where it is wrong."""
        if given and self._given.get(name) != given:
            self.config = CONFIGURATION.with_block(self.config, name, given)
            self._given[name] = dict(given)
        return self.config


def _resource(
    position: int, policy: ResourcePolicy, resources: Resources, given: _GivenConfig
) -> sdk.ResourceValidationPolicy:
    def validate(args: sdk.ResourceValidationArgs, report: sdk.ReportViolation) -> None:
        try:
            config = given.with_block(policy.name, args.get_config())
        except BadInput as error:
            return report(_misconfigured(policy.name, error), args.urn)
        found_objects = resources.read(position, args)
        if not _may_apply(policy, args.resource_type):
            return None
        for each in found_objects:
            for found in evaluation.without_exempted(_own_findings(policy, each, config), config):
                report(message_of(found, POLICIES[found.policy]), found.urn)
        return None

    return sdk.ResourceValidationPolicy(
        name=policy.name,
        description=policy.title,
        validate=validate,
        remediate=_remediation(policy, given) if policy.remedies else None,
        config_schema=sdk.PolicyConfigSchema(CONFIGURATION.properties(policy.name)),
        **_about(policy),
    )


def _own_findings(policy: ResourcePolicy, obj: Object, config: Config) -> Iterable[Violation]:
    """Return a policy's findings under its own name; `well-formed` reports the wrong types that any policy meets."""
    if policy.name != WELL_FORMED:
        return (found for found in _judged(policy, obj, config) if found.policy == policy.name)
    applying = (one for one in RESOURCE_POLICIES if one.applies(obj.kind))
    running = (one for one in applying if evaluation.level_of(one, config) is not Level.DISABLED)
    everything = (found for one in running for found in _judged(one, obj, config))
    return dict.fromkeys(found for found in everything if found.policy == WELL_FORMED)


def _judged(policy: ResourcePolicy, obj: Object, config: Config) -> tuple[Violation, ...]:
    """Return a policy's findings, computed once while the configuration is the same."""
    if obj.derived.get(policy.name, (None,))[0] is not config:
        obj.derived[policy.name] = (config, tuple(evaluation.run_resource(policy, obj, config)))
    found: tuple[Violation, ...] = obj.derived[policy.name][1]
    return found


def _remediation(policy: ResourcePolicy, given: _GivenConfig) -> sdk.ResourceRemediation:
    def remediate(args: sdk.ResourceValidationArgs) -> Any:
        try:
            config = given.with_block(policy.name, args.get_config())
        except BadInput:
            return None  # validation reports it
        obj = object_of(args.resource_type, args.props, args.urn)
        return remedied(policy, obj, args.props, config) if obj and policy.applies(obj.kind) else None

    return remediate


def _misconfigured(name: str, error: BadInput) -> str:
    return f"[{name}/configuration] {error}. Remedy: correct the file given with --policy-pack-config."


def _about(policy: Policy) -> dict[str, Any]:
    framework = _FRAMEWORKS.get(policy.tags[0].partition("-")[0]) if policy.tags else None
    return {
        "display_name": policy.title,
        "enforcement_level": sdk.EnforcementLevel(policy.level.value),
        "severity": sdk.Severity(policy.severity.value),
        "framework": sdk.PolicyComplianceFramework(*framework) if framework else None,
        "tags": list(policy.tags),
        "remediation_steps": policy.remedy,
        "url": policy.url,
    }


def _group(
    position: int, policies: list[StackPolicy], stacks: Stacks, given: _GivenConfig
) -> sdk.StackValidationPolicy:
    group = policies[0].group

    def validate(args: sdk.StackValidationArgs, report: sdk.ReportViolation) -> None:
        try:
            config = given.with_block(group.name, args.get_config())
        except BadInput as error:
            return report(_misconfigured(group.name, error), None)
        stack = stacks.read(position, args.resources, config)
        advice = evaluation.abstentions(STACK_POLICIES, stack) if group is ADVICE else ()
        for found in evaluation.without_exempted(chain(_findings(policies, stack), advice), config):
            report(message_of(found, POLICIES[found.policy]), found.urn)
        idle = [policy.name for policy in policies if policy.needs_matrix and not stack.has_isolation]
        return args.not_applicable(f"{', '.join(idle)}: {_NO_MATRIX}") if idle else None

    return sdk.StackValidationPolicy(
        name=group.name,
        description=group.title,
        validate=validate,
        enforcement_level=sdk.EnforcementLevel(policies[0].level.value),
        config_schema=sdk.PolicyConfigSchema(CONFIGURATION.properties(group.name)),
        display_name=group.title,
        tags=sorted({policy.name for policy in policies}),
        remediation_steps=" ".join(f"{policy.name}: {policy.remedy}" for policy in policies),
        url="docs/reference/policies/",
    )


def _findings(policies: list[StackPolicy], stack: StackIndex) -> Iterator[Violation]:
    for policy in policies:
        if policy.name == "matrix-present":
            yield from evaluation.unreadable_views(policy, stack)
        yield from evaluation.run_stack(policy, stack)


def sdk_policies(config: Config | None = None) -> list[sdk.Policy]:
    """Return all policies as `PolicyPack` takes them."""
    given, inputs = _GivenConfig(config or Config()), ProgramInputs()
    resources, stacks = Resources(inputs), Stacks(inputs)
    groups = defaultdict[str, list[StackPolicy]](list)
    for policy in STACK_POLICIES:
        groups[policy.engine_name].append(policy)
    single = (_resource(place, policy, resources, given) for place, policy in enumerate(RESOURCE_POLICIES))
    return [*single, *(_group(place, policies, stacks, given) for place, policies in enumerate(groups.values()))]

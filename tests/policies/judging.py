"""The rules that manifests break, found by the direct check and by the engine."""

from __future__ import annotations

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core.access import WELL_FORMED
from quadrant_platform.policies.core.policy import ResourcePolicy, Violation
from quadrant_platform.policies.pack import POLICIES, Level, Object, check
from quadrant_platform.policies.validation.field_errors import ErrorKind
from tests.policies.builders import Manifest
from tests.policies.servicer import Pack
from tests.policies.shop import both_ways

Rules = set[tuple[str, str]]
"""Broken rules, as policy and check."""

PACK = Pack()
ADVICE = {name for name, policy in POLICIES.items() if policy.level is Level.ADVISORY}
_VALUES = {kind.value for kind in ErrorKind}
_CONSISTENCY = {
    "services-resolve", "secret-references-resolve", "host-hygiene", "pdb-and-hpa-consistent", "namespace-quota",
    "external-names", "every-pod-covered-both-directions", "default-deny-everywhere", "workloads-apart",
    "policy-ports-declared", "quota-holds-workloads", "limits-in-range",
}  # fmt: skip


def rules(*manifests: Manifest | Object, config: Config | None = None) -> Rules:
    """Return the rules that the objects break by themselves; policies on the whole stack have tests of their own."""
    found = ((one.policy, one.check) for one in check(manifests, config))
    return besides_values({rule for rule in found if isinstance(POLICIES[rule[0]], ResourcePolicy)})


def besides_values(found: Rules) -> Rules:
    """Return broken rules without values that the API server refuses, which a case on another rule may have too."""
    return {rule for rule in found if rule[0] != WELL_FORMED or rule[1] not in _VALUES}


def engine_rules(manifest: Manifest) -> Rules:
    """Return the rules that the engine finds broken; advice must warn, and the rest stop the deployment."""
    answer = PACK.analyze(manifest)
    wrong = [one for one in answer.diagnostics if one.mandatory is (one.policy in ADVICE)]
    assert not wrong, "advice warns, and the rest stops the deployment"
    return besides_values(answer.rules)


def broken(stack: list[Manifest]) -> Rules:
    """Return the broken rules of a whole stack, found alike by the direct check and by the engine."""
    direct = {(found.policy, found.check) for found in check(stack)}
    assert both_ways(PACK, stack).rules == direct, "the engine sees outputs, floats and proxies, and finds the same"
    return direct


def found_in(stack: list[Manifest], policy: str) -> list[Violation]:
    """Return what one policy finds in a stack."""
    return [found for found in check(stack) if found.policy == policy]


def consistency(stack: list[Manifest], config: Config | None = None) -> Rules:
    """Return the broken rules on how objects fit together, found alike by the direct check and by the engine."""
    direct = {(found.policy, found.check) for found in check(stack, config) if found.policy in _CONSISTENCY}
    pack = Pack(config) if config else PACK
    answer = {rule for rule in pack.analyze_stack(stack).rules if rule[0] in _CONSISTENCY}
    assert answer == direct, "the engine sees outputs, floats and proxies, and finds the same"
    return direct

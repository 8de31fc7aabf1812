"""Rules match requests as in Kubernetes' own authorizer, and what policies read in them is what it allows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from quadrant_platform.policies.core import Node
from quadrant_platform.policies.rules.api.idle_rules import idle
from quadrant_platform.policies.rules.api.rights import RIGHTS, reached
from quadrant_platform.policies.rules.api.role_rules import Request, RoleRule, rules_of
from tests.policies.rules.api import authorizer
from tests.policies.rules.api.api_requests import Role, requests, roles
from tests.policies.rules.api.authorizer import NAMESPACE, Asked, Authorizer
from tests.policies.rules.api.harmful_requests import HARMFUL, Way

pytestmark = pytest.mark.oracle

ROLES = 2000


@contextmanager
def judging(asked: Sequence[Mapping[str, str]]) -> Iterator[Authorizer]:
    """Start the authorizer; it may be absent where there is no Go toolchain."""
    if not authorizer.program().exists():
        pytest.skip("needs go: Kubernetes' authorizer is not built, run `make oracles` with go on the PATH")
    with authorizer.running(asked) as found:
        yield found


@pytest.fixture(scope="module")
def judge() -> Iterator[Authorizer]:
    """Yield the authorizer with every request."""
    with judging([*requests()]) as found:
        yield found


def ours(role: Role, asked: Asked) -> bool:
    """Return whether we think that the role allows a request."""
    if asked.url:
        return any(rule.allows_url(asked.verb, asked.url) for rule in rules_of(Node(role)))
    if role["kind"] == "Role" and asked.namespace != NAMESPACE:
        return False
    request = Request(asked.verb, asked.group, asked.resource, asked.name)
    return any(rule.allows(request) for rule in rules_of(Node(role)))


def test_no_request_is_judged_differently(judge: Authorizer) -> None:
    answers = Counter[bool]()
    for role in roles(ROLES, seed="matching"):
        allowed = judge.allowed(role)
        found = [ours(role, asked) for asked in judge.requests]
        differing = [one for one, mine, theirs in zip(judge.requests, found, allowed, strict=True) if mine != theirs]
        assert not differing, f"under {json.dumps(role)} the authorizer says otherwise of {differing[0]}"
        answers.update(allowed)
    assert min(answers[True], answers[False]) > 5_000, "both answers are common, so that each is compared"


def test_a_role_gives_the_rights_whose_requests_the_authorizer_allows() -> None:
    ways = [(check, way) for check, several in HARMFUL.items() for way in several]
    given = Counter[str]()
    with judging([one for _, way in ways for one in way]) as judge:
        for role, rule in _single_rules(roles(ROLES, seed="rights", bare_stars=False)):
            harmed = _harmed(ways, iter(judge.allowed(role)))
            found = {one.right.check for one in reached(rule, clusterwide=role["kind"] == "ClusterRole")}
            if "*/proxy" in rule.resources and "node-proxy" in found:  # one word, one finding
                harmed, found = harmed - {"proxy"}, found - {"proxy"}
            assert found == harmed, f"the rights given by {json.dumps(role)}"
            given.update(found)
    assert min(given[right.check] for right in RIGHTS) >= 3, f"some roles give each right: {given}"


def _single_rules(several: Iterator[Role]) -> Iterator[tuple[Role, RoleRule]]:
    for role in several:
        for rule in role["rules"]:
            yield role | {"rules": [rule]}, RoleRule(Node(rule))


def _harmed(ways: Sequence[tuple[str, Way]], allowed: Iterator[bool]) -> set[str]:
    """Return the rights of which the authorizer allows some way, all its requests."""
    harmed = set[str]()
    for check, way in ways:
        answers = [next(allowed) for _ in way]
        if all(answers):
            harmed.add(check)
    return harmed


def test_what_matches_nothing_changes_no_answer(judge: Authorizer) -> None:
    idling = Counter[str]()
    for role, rule in _single_rules(roles(ROLES, seed="idle")):
        for one in idle(rule, role["kind"]):
            bare = role | {"rules": [_without(role["rules"][0], one.words)]}
            assert judge.allowed(bare) == judge.allowed(role), f"{one} does nothing in {json.dumps(role)}"
            idling[one.check] += 1
    assert min(idling[check] for check in ("resource", "group", "scope", "verb", "name", "url")) > 10, idling


def _without(rule: Mapping[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """Return a rule without some words, but for its names, of which none would mean all."""
    fields = ("verbs", "resources", "nonResourceURLs")
    return {key: [one for one in value if key not in fields or one not in words] for key, value in rule.items()}

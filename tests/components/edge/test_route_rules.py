"""Rules of routes end at slashes, and each states before which others it goes."""

from typing import Any

import pytest

from quadrant_platform.components.edge.route_rules import FIRST, rules
from quadrant_platform.model.schema.exposure import Route

HOST = "Host(`a.example.com`)"


def declared(**fields: Any) -> Route:
    return Route.model_validate({"host": "a.example.com", "to": "web", "why": "reasons", **fields})


def rank(**fields: Any) -> int:
    """The priority of a route with one rule."""
    [rule] = rules(declared(**fields))
    return rule.priority


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, HOST),
        ({"prefixes": ["/api"]}, f"{HOST} && (Path(`/api`) || PathPrefix(`/api/`))"),
        ({"prefixes": ["/api/"]}, f"{HOST} && (Path(`/api`) || PathPrefix(`/api/`))"),
        ({"prefixes": ["/"]}, f"{HOST} && PathPrefix(`/`)"),
        (
            {"prefixes": ["/a", "/b"]},
            f"{HOST} && (Path(`/a`) || PathPrefix(`/a/`) || Path(`/b`) || PathPrefix(`/b/`))",
        ),
        ({"path": "/health"}, f"{HOST} && Path(`/health`)"),
        ({"paths": ["/robots.txt", "/humans.txt"]}, f"{HOST} && (Path(`/robots.txt`) || Path(`/humans.txt`))"),
        ({"headers": {"x-canary": "true"}}, f"{HOST} && Header(`x-canary`, `true`)"),
        ({"host": "*.example.com"}, r"HostRegexp(`^[^.]+\.example\.com$`)"),
    ],
)
def test_a_rule_names_host_path_and_headers(fields: dict[str, Any], expected: str) -> None:
    [rule] = rules(declared(**fields))
    assert rule.match == expected, "a prefix takes its own path and what is below it, and no other"


def test_paths_of_different_ranks_have_rules_of_their_own() -> None:
    found = rules(declared(paths=["/b/c/d"], prefixes=["/a", "/b/c"]))
    assert [one.match for one in found] == [
        f"{HOST} && Path(`/b/c/d`)",
        f"{HOST} && (Path(`/b/c`) || PathPrefix(`/b/c/`))",
        f"{HOST} && (Path(`/a`) || PathPrefix(`/a/`))",
    ], "one priority would let /a of this route decide about /b/c of another"
    assert len(rules(declared(paths=["/b/c/d"], prefixes=["/a"], priority=7))) == 1, "a declared one is for all"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"prefixes": ["/api/auth"]}, {"prefixes": ["/api"]}),
        ({"path": "/api"}, {"prefixes": ["/api"]}),
        ({"prefixes": ["/api/v1"]}, {"path": "/api"}),
        ({"prefixes": ["/api"]}, {"headers": {"x-canary": "true"}}),
        ({"prefixes": ["/api"], "headers": {"x-canary": "true"}}, {"prefixes": ["/api"]}),
        ({}, {"host": "*.a-much-longer-domain.example.com", "prefixes": ["/a/path/of/many/segments"]}),
        ({"host": "*.example.com"}, {"priority": 99_999}),
    ],
)
def test_the_more_specific_route_goes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert FIRST > rank(**first) > rank(**second) >= 1, "host, path, exactness and headers count in this order"

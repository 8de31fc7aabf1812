"""Rules of Traefik's routers are read as Traefik reads them, as far as hosts and paths go."""

import pytest

from quadrant_platform.policies.rules.routes.rule_syntax import PathTest, RuleSyntaxError, parsed

HOST = "shop.example.com"


@pytest.mark.parametrize(
    ("text", "taken", "left"),
    [
        ("Host(`shop.example.com`) && PathPrefix(`/api`)", ["/api", "/apis"], ["/"]),
        ("Host(`shop.example.com`) && (Path(`/a`) || PathPrefix(`/a/`))", ["/a", "/a/b"], ["/ab"]),
        ('Path("/a") || Host(`other`) && Path(`/b`)', ["/a"], ["/b"]),
        ("PathPrefix(`/a`) && !Path(`/a/b`)", ["/a"], ["/a/b"]),
        ("!(Path(`/a`) || Path(`/b`))", ["/c"], ["/a", "/b"]),
        ("PathRegexp(`^/v[0-9]+/`)", ["/v1/x"], ["/v/x"]),
        ("HostRegexp(`^[^.]+\\.example\\.com$`) && Method(`POST`) && !Header(`a`, `b`)", ["/"], []),
        ("PathRegexp(`^/\\pL`)", ["/"], []),
    ],
)
def test_a_rule_takes_its_paths(text: str, taken: list[str], left: list[str]) -> None:
    holds = parsed(text).holds
    assert all(holds(HOST, path) for path in taken), "what cannot be judged may hold"
    assert not any(holds(HOST, path) for path in left), "another path is not taken"


def test_a_rule_tells_its_hosts_and_paths() -> None:
    rule = parsed("Host(`a.b`) && (Path(`/x`) || PathPrefix(`/x/`) || PathRegexp(`^/y.*`)) && !PathPrefix(`/z`)")
    assert rule.hosts == ("a.b",), "denied and unknown ones left out"
    expected = (PathTest("/x", True), PathTest("/x/", False), PathTest("/y", False))
    assert rule.paths == expected, "a literal pattern is a prefix"


def test_a_rule_of_version_2_takes_several_values() -> None:
    holds = parsed("Path(`/a`, `/b`)", syntax="v2").holds
    assert [holds(HOST, path) for path in ("/a", "/b", "/c")] == [True, True, False], "any of them"
    assert parsed("HostRegexp(`{any:.+}`) && Path(`/{id}`)", syntax="v2").holds(HOST, "/x"), "a template may hold"


@pytest.mark.parametrize(
    "text",
    ["", "Host(`a`", "(Path(`/a`)", "Host(`a`) Path(`/b`)", "Host(`a`) && ", "%", "Path(`/a`, `/b`)", "Path(`a`)",
     "PathRegexp(`^/(?P<x>`)", "Hosts(`a`)", "(" * 5000],
)  # fmt: skip
def test_what_is_no_rule_is_told(text: str) -> None:
    with pytest.raises(RuleSyntaxError):
        parsed(text)

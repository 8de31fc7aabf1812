"""A rule is refused by the pack where Traefik's own muxer refuses it, and else takes the requests that it takes."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quadrant_platform.policies.rules.routes.matchers import Syntax
from quadrant_platform.policies.rules.routes.rule_syntax import RuleSyntaxError, parsed
from tests.oracles.traefik import muxer

pytestmark = pytest.mark.oracle

TEMPLATE = "a template of version 2"
NAMES = ("Host", "host", "HOST", "HostRegexp", "hostregexp", "Path", "PathPrefix", "Pathprefix", "PathRegexp", "Method",
         "ClientIP", "Header", "Headers", "HeaderRegexp", "HeadersRegexp", "Query", "QueryRegexp", "HostHeader",
         "HostSNI", "Foo", "pAth")  # fmt: skip
VALUES = ("`a.b`", "`/a`", "`a`", '"/a"', '"a\\\\.b"', '"a\\.b"', "'a'", "``", "`10.0.0.0/8`", "`10.0.0.1`", "`::/0`",
          "`300.1.1.1`", "`^/a.*$`", "`(?!x)`", "`a(`", "`[a`", "`*`", "`bä`", "7", "`(?i)A.b`", "`*.b`")  # fmt: skip
matcher = st.builds(
    lambda name, values, separator: f"{name}({separator.join(values)})",
    st.sampled_from(NAMES), st.lists(st.sampled_from(VALUES), max_size=3), st.sampled_from((", ", ",", " ", ",\n")),
)  # fmt: skip
sane = st.builds(
    lambda name, value: f"{name}(`{value}`)",
    st.sampled_from(("Host", "Path", "PathPrefix")), st.sampled_from(("/a", "/a/", "/b", "/")),
)  # fmt: skip
rule = st.recursive(
    matcher | sane | sane,
    lambda inner: st.builds(
        lambda left, sign, right: f"{left}{sign}{right}",
        inner, st.sampled_from((" && ", " || ", "&&", "\n&& ", " &&\n", " ", " and ", " & ")), inner,
    ) | st.builds(lambda one, form: form.format(one), inner, st.sampled_from(("({})", "!{}", "!({})", "({}", "{})"))),
    max_leaves=4,
)  # fmt: skip


def refused(text: str, syntax: Syntax) -> str:
    """Return why the pack refuses a rule."""
    try:
        parsed(text, syntax=syntax)
    except RuleSyntaxError as error:
        return str(error)
    return ""


@settings(max_examples=600, deadline=None)
@given(text=rule, syntax=st.sampled_from(("v3", "v2")))
@example(text="Host(`a.b`, `c.d`)", syntax="v3")
@example(text="Host(`a.b`, `c.d`)", syntax="v2")
@example(text="Host(`a.b`)\n&& Path(`/a`)", syntax="v3")
@example(text="Host()", syntax="v3")
@example(text="Host(`a.b`,)", syntax="v3")
@example(text="Headers(`a`, `b`)", syntax="v3")
def test_the_pack_refuses_what_the_muxer_refuses(judge: muxer.Muxer, text: str, syntax: Syntax) -> None:
    ours, theirs = refused(text, syntax), judge.refuses(text, syntax)
    assert bool(ours) == bool(theirs), f"the pack says {ours!r}, Traefik {theirs!r}"


@settings(max_examples=150, deadline=None)
@given(text=rule.filter(lambda text: not refused(text, "v3")), path=st.sampled_from(("/", "/a", "/a/b", "/b")))
def test_a_rule_that_takes_a_request_may_hold_for_it(judge: muxer.Muxer, text: str, path: str) -> None:
    served = judge.choose({"one": {"rule": text, "priority": 1}}, "a.b", path)
    assert served is None or parsed(text).holds("a.b", path), "what the muxer serves, the pack counts"


@pytest.mark.parametrize(
    ("version_2", "version_3", "host", "path"),
    [
        ("HostRegexp(`{sub:[a-z]+}.b`)", "HostRegexp(`^[a-z]+\\.b$`)", "a.b", "/"),
        ("PathPrefix(`/{id:[0-9]+}/x`)", "PathRegexp(`^/[0-9]+/x`)", "a.b", "/7/x"),
        ("Path(`/a/{id}`)", "PathRegexp(`^/a/[^/]+$`)", "a.b", "/a/7"),
    ],
)
def test_a_template_of_version_2_takes_nothing_in_version_3(
    judge: muxer.Muxer, version_2: str, version_3: str, host: str, path: str
) -> None:
    rules = {"old": {"rule": version_2, "priority": 2}, "new": {"rule": version_3, "priority": 1}}
    assert judge.choose(rules, host, path) == "new", "the muxer takes the template letter by letter"
    assert TEMPLATE in refused(version_2, "v3"), "so the pack tells"
    assert not refused(version_3, "v3"), "what says the same in version 3 passes"
    assert not refused(version_2, "v2"), "and the template where the rule's syntax is said"
    assert not judge.refuses(version_2, "v2"), "as the muxer does"

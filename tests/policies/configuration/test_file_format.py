"""The configuration file: one format for the engine and for `quadrant check`, every mistake reported with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.policies.configuration.config import Config, settings
from quadrant_platform.policies.configuration.levels import Level
from quadrant_platform.policies.core.policy import StackPolicy
from quadrant_platform.policies.pack import CONFIGURATION, POLICIES, check
from tests.policies import shop
from tests.policies.builders import router, service, without
from tests.policies.servicer import Pack

NODE_PORT = service(type="NodePort")
ROW = {"kind": "Service", "name": "api", "reason": "moves next month", "expires": "2999-01-31"}


def written(folder: Path, content: Any) -> Path:
    file = folder / "policies.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return file


def problems(folder: Path, content: Any) -> list[str]:
    with pytest.raises(BadInput) as caught:
        CONFIGURATION.load(written(folder, content))
    return [str(problem).partition("policies.json:")[2] for problem in caught.value.problems]


@pytest.mark.parametrize("content", ["", "{}", {"all": {}}, {"service-exposure": {}}])
def test_an_empty_file_changes_nothing(content: Any, tmp_path: Path) -> None:
    today = Config()
    assert CONFIGURATION.load(written(tmp_path, content), today) == today, "defaults hold"


def test_a_level_may_be_given_as_text_as_object_and_for_all(tmp_path: Path) -> None:
    content = {"service-exposure": {"enforcementLevel": "advisory"}, "all": "mandatory", "stack-advice": "disabled"}
    levels = CONFIGURATION.load(written(tmp_path, content)).levels
    assert levels["service-exposure"] is Level.ADVISORY, "what names the policy wins, wherever it is in the file"
    assert levels["stack-advice"] is Level.DISABLED, "a group is named like a policy"
    assert levels["tls-only"] is Level.MANDATORY, "the others get the level of all"


def test_an_advisory_violation_is_reported_as_such_and_a_disabled_one_not_at_all(tmp_path: Path) -> None:
    for level, expected in (("advisory", ["advisory"]), ("remediate", ["mandatory"]), ("disabled", [])):
        config = CONFIGURATION.load(written(tmp_path, {"service-exposure": level}))
        assert [one.level for one in check([NODE_PORT], config)] == expected, f"the file sets {level}"


def test_a_row_spares_its_object_here_and_in_the_engine(tmp_path: Path) -> None:
    content = {"service-exposure": {"exempt": [ROW]}}
    assert check([NODE_PORT], CONFIGURATION.load(written(tmp_path, content))) == [], "the direct check reads the file"
    pack = Pack()
    pack.configure("service-exposure", exempt=[ROW])
    assert not pack.analyze(NODE_PORT).diagnostics, "the engine passes on the same rows"
    assert not pack.analyze_stack([NODE_PORT]).diagnostics, "and the row is in use"
    assert pack.analyze_stack([service()]).rules == {("exemptions", "unused")}, "until nothing breaks the rule"


def test_a_row_under_a_group_names_its_policy(tmp_path: Path) -> None:
    stack = without(shop.stack(), "ConfigMap", "quadrant-matrix")
    row = {"policy": "matrix-present", "kind": "Namespace", "reason": "moves", "expires": "2999-01-31"}
    config = CONFIGURATION.load(written(tmp_path, {"network-isolation": {"exempt": [row]}}))
    assert not {one.policy for one in check(stack, config)} & {"matrix-present", "exemptions"}, "it is spared"
    pack = Pack()
    pack.configure("network-isolation", exempt=[row])
    assert ("matrix-present", "missing") not in pack.analyze_stack(stack).rules, "in the engine too"


def test_a_switch_holds_for_the_policy_under_which_it_stands(tmp_path: Path) -> None:
    plain = router(entryPoints=["https"], tls=None)
    assert ("tls-only", "tls") not in {(one.policy, one.check) for one in check([plain])}, "unknown entry point"
    config = CONFIGURATION.load(written(tmp_path, {"tls-only": {"secureEntryPoints": ["https"]}}))
    assert ("tls-only", "tls") in {(one.policy, one.check) for one in check([plain], config)}, "now it is secure"
    pack = Pack()
    pack.configure("tls-only", secureEntryPoints=["https"])
    assert ("tls-only", "tls") in pack.analyze(plain).rules, "the engine passes it on"


def test_a_switch_of_a_group_reaches_its_policies(tmp_path: Path) -> None:
    stack = [*without(shop.stack(), "IngressRoute", "api"), router(routes=[{"match": "Host(`a.b`)"}])]
    config = CONFIGURATION.load(written(tmp_path, {"stack-advice": {"internalEntryPoints": ["websecure"]}}))
    assert "rate-limited-routers" in {one.policy for one in check(stack)}, "the route is public"
    assert "rate-limited-routers" not in {one.policy for one in check(stack, config)}, "now it is not"


def test_every_mistake_is_reported_with_its_line_and_remedy(tmp_path: Path) -> None:
    wrong = """{
 "all": "mandtory",
 "service-exposur": "advisory",
 "symmetric-rules": "advisory",
 "tls-only": {"secureEntryPoint": ["https"]},
 "pinned-by-tag-and-digest": {"requireDigest": [], "exempt": [{"expires": "soon"}]},
 "network-isolation": {"exempt": [
  {"namespace": "x", "reason": "y", "expires": "2027-01-01"},
  {"policy": "symetric-rules", "namespace": "x", "reason": "y", "expires": "2027-01-01"}]},
 "volume-types": {"podSecurityVersion": "1.20"},
 "seccomp": 5
}"""
    found = problems(tmp_path, wrong)
    expected = [
        ("2: all", "did you mean 'mandatory'"), ("3: service-exposur", "did you mean 'service-exposure'"),
        ("4: symmetric-rules", "write 'network-isolation'"), ("5: tls-only", "did you mean 'secureEntryPoints'"),
        ("6: pinned", "true or false"), ("6: pinned", "'reason' is missing"), ("6: pinned", "a date such as"),
        ("8: network-isolation.exempt.0", "add policy"), ("9: network-isolation.exempt.1", "'symmetric-rules'"),
        ("10: volume-types", "1.34 on"), ("11: seccomp", "expected a mapping"),
    ]  # fmt: skip
    assert len(found) == len(expected), "each mistake is reported once, and all of them at once"
    for start, part in expected:
        assert any(text.startswith(start) and part in text for text in found), f"{start} is reported with {part}"


@pytest.mark.parametrize("content", ["[]", "{", "5", '{"all": {"exempt": []}}'])
def test_what_is_no_configuration_is_refused(content: str, tmp_path: Path) -> None:
    assert problems(tmp_path, content), "it is refused, not ignored"


def test_the_engine_reports_a_row_that_cannot_be_read() -> None:
    pack = Pack()
    pack.configure("service-exposure", exempt=[{"reason": "x", "expires": "2027-01-31"}])
    pack.configure("network-isolation", exempt=[ROW])
    assert pack.analyze(service()).rules == {("service-exposure", "configuration")}, "a row must select something"
    found = pack.analyze_stack([]).diagnostics
    assert [(one.policy, one.mandatory) for one in found] == [("network-isolation", True)], "and name its policy"


def test_the_schema_has_every_policy_and_every_switch_with_its_default() -> None:
    known = CONFIGURATION.schema()["properties"]
    groups = {policy.engine_name for policy in POLICIES.values() if isinstance(policy, StackPolicy)}
    assert set(known) == set(CONFIGURATION.names) | {"all"}, "a key for each name of the engine"
    assert groups <= set(known), "stack policies by their group"
    for setting in settings():
        assert setting.switch.policies, f"{setting.key} is read by a policy"
        for name in setting.switch.policies:
            given = CONFIGURATION.properties(name)[setting.key]
            assert "default" in given, f"the engine fills in {setting.key} of {name}"
            assert given["description"], f"{setting.key} explains itself"


def test_the_engine_gets_a_schema_without_references() -> None:
    for policy in Pack().info().policies:
        given = str(policy.configSchema)
        assert "exempt" in given, f"{policy.name} takes exemptions"
        assert "$ref" not in given, f"the engine could not follow a reference of {policy.name}"


def test_the_defaults_that_the_engine_fills_in_change_nothing() -> None:
    pack = Pack()
    for name in CONFIGURATION.names:
        pack.configure(name, **{key: given["default"] for key, given in CONFIGURATION.properties(name).items()})
    assert not shop.both_ways(pack, shop.GOOD).diagnostics, "they are the defaults of this pack"

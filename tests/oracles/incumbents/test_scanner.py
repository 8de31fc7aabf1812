"""A scanner is asked once about a text, exemptions cover what they say, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.oracles.incumbents import scanner
from tests.oracles.incumbents.exemptions import Exempt
from tests.oracles.incumbents.kubeconform import _standing_alone
from tests.oracles.incumbents.scanner import Found, Scanner

ASKED: list[str] = []


def length(program: Path, files: Sequence[Path]) -> Mapping[Path, Sequence[Found]]:
    """Return a scanner that finds how long a file is."""
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    ASKED.extend(texts.values())
    return {file: [Found("length", "Pod", "shop", "api", str(len(text)))] for file, text in texts.items()}


LENGTH = Scanner("length", Path(__file__), "nothing", "length 1", lambda: "1", length)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(scanner, "CACHE", tmp_path)
    ASKED.clear()
    return ASKED


def test_a_text_is_judged_once(asked: list[str]) -> None:
    first = LENGTH.judge({"a": "xx", "b": "yyy"})
    assert [found.text for found in first["b"]] == ["3"], "each text has its own findings"
    assert LENGTH.judge({"b": "yyy", "c": "z"})["b"] == first["b"], "a known text is answered as before"
    assert sorted(asked) == ["xx", "yyy", "z"], "the scanner itself saw each text once"


def test_another_version_of_a_scanner_judges_anew(asked: list[str]) -> None:
    LENGTH.judge({"a": "xx"})
    replace(LENGTH, version=lambda: "2").judge({"a": "xx"})
    assert asked == ["xx", "xx"], "what an older version found may be wrong by now"


def test_a_scanner_that_is_not_there_says_what_it_needs() -> None:
    absent = replace(LENGTH, program=Path("absent"), need="go")
    assert absent.missing.startswith("needs go: "), "a skip begins with its need"
    assert not LENGTH.missing, "and one that is there needs nothing"


@pytest.mark.parametrize(
    ("stack", "found", "covered"),
    [
        ("shop-dev", Found("r1", "Pod", "shop", "api"), True),
        ("shop-prod", Found("r1", "Pod", "shop", "api"), False),
        ("shop-dev", Found("r2", "Pod", "shop", "api"), False),
        ("shop-dev", Found("r1", "Pod", "shop", "apis"), False),
    ],
)
def test_an_exemption_covers_its_rules_objects_and_stacks_only(stack: str, found: Found, covered: bool) -> None:
    row = Exempt("checkov", frozenset({"r1"}), "a reason", frozenset({"Pod */api"}), "*-dev")
    assert row.covers("checkov", stack, found) is covered, "an exemption must not hide other findings"
    assert not row.covers("kube-score", stack, found), "nor those of another scanner"


def test_a_schema_stands_alone_with_the_definitions_that_it_needs(tmp_path: Path) -> None:
    shared = '{"$defs": {"a": {"$ref": "#/$defs/b", "description": "prose"}, "b": {"type": "string"}, "c": {}}}'
    (tmp_path / "_definitions.json").write_text(shared)
    reference = '{"$ref": "/api/_definitions.json#/$defs/a"}'
    kind = f'{{"$id": "https://example.com/pod", "properties": {{"kind": {{}}, "x": {reference}}}}}'
    (tmp_path / "pod-v1.json").write_text(kind)
    assert dict(_standing_alone(tmp_path)) == {
        "pod-v1.json": {
            "properties": {"kind": {}, "x": {"$ref": "#/$defs/a"}},
            "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "string"}},
        }
    }, "no reference leads to the web, and unused definitions are left out"

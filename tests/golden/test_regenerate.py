"""Golden files are the same text for the same stack, and a difference is shown where a reader looks for it."""

from pathlib import Path

import pytest
import yaml

from quadrant_platform.program.recorder import Recording
from tests.golden.regenerate import HEAD, check, difference, golden, texts, write
from tests.stacks import recorded

STACK = ("motovault-phase4", "dev")
FILES = {"a-dev.yaml": "one\ntwo\n", "a-dev.urns": "urn\n"}


def test_the_order_of_registration_does_not_show() -> None:
    recording = recorded(*STACK)
    turned = Recording(recording.project, recording.stack, tuple(reversed(recording.resources)))
    assert texts("a", turned) == texts("a", recording), "a line moved in the program is no change of the platform"


def test_a_stacks_file_holds_every_object_and_every_urn() -> None:
    found = golden(*STACK)
    objects = list(yaml.safe_load_all(found["motovault-phase4-dev.yaml"]))
    assert len(objects) == len(recorded(*STACK).manifests()), "each object once"
    urns = found["motovault-phase4-dev.urns"].splitlines()
    assert urns == sorted(one.urn for one in recorded(*STACK).resources), "each resource, components included"


def test_namespaces_and_their_denial_come_first() -> None:
    objects = list(yaml.safe_load_all(golden(*STACK)["motovault-phase4-dev.yaml"]))
    kinds = [one["kind"] for one in objects]
    assert kinds[0] == "Namespace", "nothing can be applied before"
    policies = [one["metadata"]["name"] for one in objects if one["kind"] == "NetworkPolicy"]
    denials = policies.count("default-deny")
    assert set(policies[:denials]) == {"default-deny"}, "closed first, opened after"


def test_files_that_are_up_to_date_pass_the_check(tmp_path: Path) -> None:
    write(FILES, tmp_path)
    assert check(FILES, tmp_path) == 0, "what was written is what is expected"


def test_a_changed_file_fails_the_check_and_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(FILES, tmp_path)
    assert check({**FILES, "a-dev.yaml": "one\nthree\n"}, tmp_path) == 1, "a build stops here"
    shown = capsys.readouterr().out.splitlines()
    assert {"-two", "+three"} <= set(shown), "the committed line and the one of now"


def test_a_missing_file_fails_the_check(tmp_path: Path) -> None:
    write({"a-dev.urns": "urn\n"}, tmp_path)
    assert check(FILES, tmp_path) == 1, "a stack without a file would go uncompared"


def test_a_file_of_no_stack_fails_the_check_and_is_removed(tmp_path: Path) -> None:
    write({**FILES, "gone-dev.yaml": "x\n"}, tmp_path)
    assert check(FILES, tmp_path) == 1, "it would be read as if it were true"
    write(FILES, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES), "the next write removes it"


def test_only_the_head_of_a_difference_is_shown() -> None:
    shown = difference("a", "\n".join(map(str, range(1000))), "").splitlines()
    assert len(shown) == HEAD, "who wants all of it looks at the files"

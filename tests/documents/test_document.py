"""A document gives data and lines, or one problem that names why it cannot be read."""

from pathlib import Path

import pytest
import yaml

from quadrant_platform.documents.document import read_document
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.model.loader import system_file, systems


def refusal(file: Path) -> Problem:
    """Return the one problem for which a file cannot be read."""
    with pytest.raises(BadInput) as caught:
        read_document(file)
    (problem,) = caught.value.problems
    return problem


def test_a_file_that_is_not_there_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in str(refusal(tmp_path / "none.yaml")), "the reason is the system's own"


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes("name: caf\xe9\n".encode("latin-1"))
    assert "not UTF-8" in str(refusal(file)), "text is UTF-8"


def test_a_control_character_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bell.yaml"
    file.write_text("name: \x07\n")
    assert "not YAML" in str(refusal(file)), "text has no control characters"


def test_merged_mappings_keep_their_own_keys(tmp_path: Path) -> None:
    file = tmp_path / "merge.yaml"
    file.write_text("base: &base {a: 1, b: 2}\nother:\n  <<: *base\n  b: 3\n")
    assert read_document(file).data["other"] == {"a": 1, "b": 3}, "a key of its own wins over a merged one"


def test_data_is_what_a_plain_parser_reads(tmp_path: Path) -> None:
    for name in systems():
        document = read_document(system_file(name))
        assert document.data == yaml.safe_load(system_file(name).read_text()), "lines cost no data"
        assert document.line(("name",)) > 0, "every key has a line"

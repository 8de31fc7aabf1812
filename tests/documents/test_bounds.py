"""A document that would fill memory or the stack is refused before it is built."""

from pathlib import Path

import pytest

from quadrant_platform.documents.document import read_document
from quadrant_platform.documents.problems import BadInput, Problem


def refusal(file: Path) -> Problem:
    """Return the one problem for which a file cannot be read."""
    with pytest.raises(BadInput) as caught:
        read_document(file)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    "text",
    ["a: &a [*a]\n", "a: " + "[" * 80 + "]" * 80 + "\n", "a: " + "[" * 100_000],
    ids=["alias", "brackets", "more brackets than the stack holds"],
)
def test_yaml_that_contains_itself_comes_to_an_end(tmp_path: Path, text: str) -> None:
    file = tmp_path / "loop.yaml"
    file.write_text(text)
    assert "nested too deeply" in str(refusal(file)), "an alias within itself has no end"


@pytest.mark.parametrize(
    "value", ["[{}]", "{{<<: [{}]}}", "{{a: 1, a: [{}]}}"], ids=["lists", "merges", "keys given twice"]
)
def test_aliases_that_multiply_are_counted_and_not_written_out(tmp_path: Path, value: str) -> None:
    file = tmp_path / "bomb.yaml"
    levels = (f"l{n}: &l{n} {value.format(', '.join([f'*l{n - 1}'] * 9))}\n" for n in range(1, 20))
    file.write_text("l0: &l0 {}\n" + "".join(levels))
    problem = refusal(file)
    assert "aliases within aliases stand for over" in problem.what, "nine to the nineteenth values fit nowhere"
    assert problem.line in range(6, 10), "the line is where it becomes too much"

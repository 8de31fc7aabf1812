"""A problem names its place and the nearest valid name; several are sorted by line."""

from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem, did_you_mean


def test_a_nearest_name_is_offered_only_where_one_is_near() -> None:
    assert did_you_mean("backnd", ["backend", "database"]) == "did you mean 'backend'?", "one letter is missing"
    assert did_you_mean("xyz", ["backend", "database"]) == "known here: backend, database", "nothing is near"
    assert did_you_mean("xyz", []) == "none is declared", "there is nothing to choose from"


def test_a_problem_is_written_with_place_key_path_and_remedy() -> None:
    problem = Problem(("services", "api", 2), "it is wrong", "correct it", Path("shop.yaml"), 7)
    assert str(problem) == "shop.yaml:7: services.api.2: it is wrong; correct it", "editors open the place"
    assert str(Problem((), "it is wrong")) == "it is wrong", "what is absent leaves no mark"


def test_problems_are_sorted_by_file_and_line() -> None:
    late, early = (Problem((), "wrong", file=Path("shop.yaml"), line=line) for line in (9, 2))
    assert BadInput([late, early]).problems == (early, late), "a reader goes through the file once"

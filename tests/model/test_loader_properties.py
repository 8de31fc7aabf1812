"""Any fault in a file ends in a refusal that names places, never in a traceback."""

import copy
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.model.loader import load_environment, load_system, system_file, systems

SOURCES = {name: yaml.safe_load(system_file(name).read_text()) for name in systems()}
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2.5, 70000, "", "x", "Odd One", "${x}", "a/b", [], ["x"], {}, {"x": "y"}, [[]]]
)
ENVIRONMENTS = [load_environment(stage, {}) for stage in ("dev", "prod")]


def refusal(load: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the problems of some input, none where it loads."""
    try:
        load()
    except BadInput as error:
        return error.problems
    return ()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Iterate over every key path of some data."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in entries:
        yield (*path, key)
        yield from places(below, (*path, key))


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a shipped system with one to three keys removed, renamed or given an odd value."""
    name = draw(st.sampled_from(sorted(SOURCES)))
    data = copy.deepcopy(SOURCES[name])
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(list(places(data)) or [("name",)]))
        parent = data
        for key in above:
            parent = parent[key]
        damage = draw(st.sampled_from(["remove", "rename", "replace"]))
        if damage == "replace":
            parent[last] = draw(ODD)
        else:
            value = parent.pop(last)
            if damage == "rename" and isinstance(parent, dict):
                parent[f"{last}x"] = value
    return name, data


@given(damaged())
@settings(max_examples=60)
def test_a_damaged_file_is_refused_with_lines_or_expands_in_both_stages(sample: tuple[str, dict[str, Any]]) -> None:
    name, data = sample
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.yaml"
        file.write_text(yaml.safe_dump(data, sort_keys=False))
        count = len(file.read_text().splitlines())
        problems = refusal(lambda: [plan(load_system(file), environment) for environment in ENVIRONMENTS])
    assert all(1 <= problem.line <= max(count, 1) for problem in problems), "each problem has a line of the file"
    assert len(set(map(str, problems))) == len(problems), "no problem is reported twice"


@given(
    st.recursive(ODD, lambda below: st.dictionaries(st.sampled_from(["network", "probes", "x"]), below), max_leaves=4)
)
def test_odd_overrides_load_or_are_refused(value: Any) -> None:
    overrides = value if isinstance(value, dict) else {"network": value}
    problems = refusal(lambda: load_environment("dev", overrides))
    assert all(problem.what for problem in problems), "each problem names what is wrong"


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_as_a_system(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "noise.yaml"
        file.write_bytes(content)
        with pytest.raises(BadInput):
            load_system(file)

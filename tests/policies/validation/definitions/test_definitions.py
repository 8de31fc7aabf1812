"""Objects of kinds of others are judged by their definitions, as the API server judges them."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from quadrant_platform.policies.validation.definitions.definitions import Definitions
from quadrant_platform.policies.validation.kinds import errors_of
from tests.policies.validation.kubernetes import Manifest, judge
from tests.policies.validation.mutations import Path as Place
from tests.policies.validation.mutations import at, walk
from tests.policies.validation.trouble import NUMBERS, OF_OTHER_TYPES, TEXTS

BAKERY = Path(__file__).with_name("bakery.yaml")
DEFINITION, FULL = yaml.safe_load_all(BAKERY.read_text(encoding="utf-8"))
DEFINITIONS = Definitions.of([DEFINITION])
OBJECTS = 2000
SPEC: Place = ("spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec")


def _refused(obj: Manifest) -> frozenset[str]:
    return frozenset(error.path for error in (*errors_of(obj), *DEFINITIONS.errors_of(obj)))


def _changed(chance: random.Random) -> Manifest:
    """Return an object with a wrong value, a missing one, one twice or one too many."""
    one: Manifest = copy.deepcopy(FULL)
    for _ in range(chance.choice((1, 1, 2))):
        path = chance.choice([path for path, _ in walk(one) if path[0] == "spec" and len(path) > 1])
        parent, key = at(one, path[:-1]), path[-1]
        value: Any = copy.deepcopy(chance.choice((*TEXTS, *NUMBERS, *OF_OTHER_TYPES)))
        way = chance.randrange(4)
        if way == 0:
            del parent[key]
        elif way == 1 and isinstance(key, int):
            parent.append(copy.deepcopy(parent[key]))
        elif way == 2 and isinstance(key, str):
            parent[chance.choice(("extra", "kind", "count", "names"))] = value
        else:
            parent[key] = value
    return one


@pytest.mark.oracle
@pytest.mark.usefixtures("validation")
def test_no_mutated_object_is_judged_differently(tmp_path: Path) -> None:
    file, chance = tmp_path / "definitions.json", random.Random(12)
    bare = copy.deepcopy(DEFINITION)
    del at(bare, SPEC)["x-kubernetes-validations"]  # nobody judges these here
    file.write_text(json.dumps(bare), encoding="utf-8")
    grown = [FULL, *(_changed(chance) for _ in range(OBJECTS))]
    verdicts = judge(grown, [file])
    for one, theirs in zip(grown, verdicts, strict=True):
        ours = _refused(one)
        same = bool(ours) if theirs.unreadable else ours == theirs.fields
        assert same, f"{sorted(ours)} here, {theirs} there: {json.dumps(one['spec'])}"
    assert 0.1 < sum(one.accepts for one in verdicts) / len(verdicts) < 0.7, "both answers are given"


def test_what_is_not_judged_is_listed() -> None:
    assert DEFINITIONS.not_judged([FULL]) == [
        "Bakery (example.com/v1): spec: the rule self.least <= self.most",
        "Bakery (example.com/v1): spec.site: the format uri",
    ], "and the rule on changes is not, since it says nothing of one object"
    assert not DEFINITIONS.not_judged([{"apiVersion": "v1", "kind": "Pod"}]), "a kind without a definition has none"


@pytest.mark.parametrize("spec", [None, 7, {"versions": [7]}, {"versions": [{"schema": {"openAPIV3Schema": 7}}]}])
def test_what_is_no_definition_defines_nothing(spec: object) -> None:
    assert not Definitions.of([None, [], {**DEFINITION, "spec": spec}]).schemas, "it is judged as an object"

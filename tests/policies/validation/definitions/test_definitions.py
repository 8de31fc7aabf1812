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
from tests.policies.validation.mutations import at, walk
from tests.policies.validation.trouble import NUMBERS, OF_OTHER_TYPES, TEXTS


def _read(name: str) -> tuple[Manifest, Manifest]:
    """Return a definition and an object of its kind."""
    definition, one = yaml.safe_load_all(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return definition, one


DEFINITION, FULL = _read("bakery.yaml")
DEFINITIONS = Definitions.of([DEFINITION])
OBJECTS = 1500


def _refused(obj: Manifest, definitions: Definitions) -> frozenset[str]:
    return frozenset(error.path for error in (*errors_of(obj), *definitions.errors_of(obj)))


def _changed(full: Manifest, chance: random.Random) -> Manifest:
    """Return an object with a wrong value, a missing one, one twice or one too many."""
    one: Manifest = copy.deepcopy(full)
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
@pytest.mark.parametrize("name", ["bakery.yaml", "garden.yaml"])
def test_no_mutated_object_is_judged_differently(name: str, tmp_path: Path) -> None:
    file, chance = tmp_path / "definitions.json", random.Random(12)
    definition, full = _read(name)
    definitions = Definitions.of([definition])
    file.write_text(json.dumps(definition), encoding="utf-8")
    grown = [full, *(_changed(full, chance) for _ in range(OBJECTS))]
    verdicts = judge(grown, [file])
    for one, theirs in zip(grown, verdicts, strict=True):
        ours = _refused(one, definitions)
        # A wrong type is found by the rule that reads the value there, and at the value here.
        elsewhere = theirs.unreadable or any("invalid data, expected" in words for words in theirs.words)
        same = bool(ours) if elsewhere else ours == theirs.fields
        assert same, f"{sorted(ours)} here, {theirs} there: {json.dumps(one['spec'])}"
    assert verdicts[0].accepts, "nothing is wrong before a change"
    assert 0.1 < sum(one.accepts for one in verdicts) / len(verdicts) < 0.7, "both answers are given"


def test_what_is_not_judged_is_listed() -> None:
    assert DEFINITIONS.not_judged([FULL]) == [
        "Bakery (example.com/v1): spec.site: the format uri",
    ], "and the rule on changes is not, since it says nothing of one object"
    assert not DEFINITIONS.not_judged([{"apiVersion": "v1", "kind": "Pod"}]), "a kind without a definition has none"


def test_a_rule_of_a_function_that_is_not_here_is_listed_and_finds_nothing() -> None:
    definition, full = _read("garden.yaml")
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"]["x-kubernetes-validations"] = [
        {"rule": "url(self.note).getHost() == ''"}, {"rule": "self.tools.indexOf('axe') > 3"}, {"rule": "self.("},
    ]  # fmt: skip
    definitions = Definitions.of([definition])
    listed = definitions.not_judged([full])
    assert not definitions.errors_of(full), "nobody knows whether they hold"
    assert len(listed) == 3, "each rule that is not judged is named"
    found = zip(("self.(", "url(", "indexOf"), sorted(listed, key=len), strict=True)
    assert all(rule in line for rule, line in found), "with its text and the reason"


def test_what_is_not_known_before_an_update_breaks_no_rule() -> None:
    definition, full = _read("garden.yaml")
    definitions = Definitions.of([definition])
    one = {**full, "spec": {**full["spec"], "least": object(), "note": "a secret"}}
    assert not definitions.errors_of(one), "the value may be right"
    listed = definitions.not_judged([one])
    assert listed, "which is said"
    assert not any("a secret" in line for line in listed), "without the values"


@pytest.mark.parametrize("spec", [None, 7, {"versions": [7]}, {"versions": [{"schema": {"openAPIV3Schema": 7}}]}])
def test_what_is_no_definition_defines_nothing(spec: object) -> None:
    assert not Definitions.of([None, [], {**DEFINITION, "spec": spec}]).schemas, "it is judged as an object"

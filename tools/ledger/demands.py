"""The rows of tests/demands.yaml, and the kinds of evidence that each of them asks for."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, field_validator

ROOT = Path(__file__).parents[2]
DEMANDS = ROOT / "tests" / "demands.yaml"
SYSTEM_OF_SEED = {
    "000": "motovault-phase4",
    "001": "pinky-promise",
    "002": "motovault",
    "003": "carbon254",
    "004": "agents",
}

Check = Literal["manifest", "policy", "reachability", "rule-unit-test", "script", "live"]
LIVE: Check = "live"
"""The one kind of evidence that only a cluster gives."""

_PART = re.compile(rf"(?:^|; )({'|'.join(get_args(Check))})(?=:|$)")


class Demand(BaseModel):
    """One row of the ledger. The tests read the details of what it demands themselves."""

    model_config = ConfigDict(frozen=True)

    id: str
    seeds: tuple[str, ...]
    demand: str
    check: str
    kind: Literal["must", "target", "note"]

    @field_validator("check")
    @classmethod
    def _names_a_kind(cls, value: str) -> str:
        if not _PART.match(value):
            raise ValueError(f"begin it with one of {', '.join(get_args(Check))} and a colon")
        return value

    @property
    def area(self) -> str:
        """Return the group of rows, which the id begins with."""
        return self.id.split("-", maxsplit=1)[0]

    @property
    def systems(self) -> tuple[str, ...]:
        """Return the systems that the row is about."""
        return tuple(SYSTEM_OF_SEED[seed] for seed in self.seeds)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return the kinds of evidence that prove the row together, in the order of its text."""
        found = TypeAdapter(tuple[Check, ...]).validate_python(_PART.findall(self.check))
        return tuple(dict.fromkeys(found))


@cache
def load_demands(path: Path = DEMANDS) -> Mapping[str, Demand]:
    """Return the rows by id, in the order of the file. Each collected test asks for them, so they are read once."""
    with path.open(encoding="utf-8") as file:
        rows = TypeAdapter(list[Demand]).validate_python(yaml.load(file, Loader=yaml.CSafeLoader))
    return {row.id: row for row in rows}


def unknown_ids(ids: Iterable[str], demands: Mapping[str, Demand]) -> list[str]:
    """Return the ids that no row has, sorted."""
    return sorted(set(ids) - set(demands))

"""Kubernetes' own validation, as a program that judges objects as they are created."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import judges

Manifest = dict[str, Any]

_RULES_LEFT_OUT = "<nil>"
"""The field of the remark that CEL rules were not looked at, since something else is wrong."""


@dataclass(frozen=True)
class Verdict:
    """What the API server says of an object: the fields that it refuses, or another reason, such as a wrong type."""

    fields: frozenset[str] = frozenset()
    unreadable: str = ""
    words: tuple[str, ...] = ()

    @property
    def accepts(self) -> bool:
        """Return whether the object is created."""
        return not self.fields and not self.unreadable


def program() -> Path:
    """Return the executable."""
    return judges.program("validation", Path(__file__).parent / "judge")


def judge(objects: Iterable[Manifest], definitions: Sequence[Path] = ()) -> list[Verdict]:
    """Return the verdict on each object. Kinds of others are read by their definitions, files with one a line."""
    lines = "".join(f"{json.dumps(one)}\n" for one in objects)
    command = [str(program()), *map(str, definitions)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the judge judges everything: {done.stderr[-2000:]}"
    return [_verdict(json.loads(line)) for line in done.stdout.splitlines()]


def _verdict(answer: dict[str, Any]) -> Verdict:
    assert "unknown" not in answer, f"the judge knows the kind: {answer['unknown']}"
    errors = answer.get("errors", [])
    other = [one["detail"] for one in errors if one["type"] == "Other"]
    if other:
        return Verdict(unreadable=other[0])
    words = tuple(f"{one['type']} {one['field']}: {one['detail']}" for one in errors)
    fields = {one["field"].removeprefix(".") for one in errors} - {_RULES_LEFT_OUT}
    return Verdict(frozenset(fields), answer.get("decoding", ""), words)

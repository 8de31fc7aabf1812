"""The muxer of the rendered version of Traefik, as a process that chooses among rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import judges

SOURCES = Path(__file__).parent / "judge"


def program() -> Path:
    """Return the executable."""
    return judges.program("route", SOURCES)


def version() -> str:
    """Return the version of Traefik whose muxer it is."""
    lines = (SOURCES / "go.mod").read_text(encoding="utf-8").splitlines()
    [found] = [line.split()[-1] for line in lines if line.startswith("require github.com/traefik/traefik/v3 ")]
    return found


@dataclass(frozen=True)
class Muxer:
    """A running muxer."""

    process: judges.Judge

    def choose(self, rules: Mapping[str, Mapping[str, Any]], host: str, path: str) -> str | None:
        """Return the name of the rule that a request is for; None where none holds."""
        listed = [{"name": name, "match": one["rule"], "priority": one["priority"]} for name, one in rules.items()]
        answer = self._answer({"rules": listed, "host": host, "path": path})
        assert "error" not in answer, f"the muxer takes each rule: {answer}"
        return answer["served"] or None

    def refuses(self, rule: str, syntax: str = "v3") -> str:
        """Return why the muxer refuses a rule; nothing where it takes it."""
        asked = {"rules": [{"name": "one", "match": rule, "priority": 1}], "host": "a.b", "path": "/"}
        found: str = self._answer({**asked, "syntax": syntax}).get("error", "")
        return found

    def _answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.process.ask(json.dumps(question)))
        return answer


@contextmanager
def running() -> Iterator[Muxer]:
    """Start the muxer, and end it."""
    with judges.running([str(program())]) as process:
        yield Muxer(process)

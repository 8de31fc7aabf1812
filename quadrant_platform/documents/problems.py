"""Bad input: every problem of a file at once, each with what, where, why and the remedy."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that move a terminal's cursor, turn text round, or are none in UTF-8."""

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong at one place: the key path, what is wrong and why, and the remedy."""

    path: KeyPath
    what: str
    remedy: str = ""
    file: Path | None = None
    line: int = 0

    def __str__(self) -> str:
        """Write `file:line: key.path: what; remedy`."""
        place = f"{on_one_line(str(self.file))}:{self.line}: " if self.file else ""
        key = ".".join(str(part) for part in self.path)
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{key + ': ' if key else ''}{self.what}{remedy}"


class BadInput(Exception):
    """Input that a person has to correct; carries all problems found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (str(problem.file), problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def on_one_line(text: str) -> str:
    """Return text with control characters written out, so that a name from outside prints as one line."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), text)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a misspelt word most likely means."""
    return next(iter(difflib.get_close_matches(word, sorted(set(candidates)), n=1, cutoff=0.6)), None)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return the remedy that names the nearest candidate, or lists what there is."""
    known = sorted(set(candidates))
    near = nearest(word, known)
    if near is not None:
        return f"did you mean {near!r}?"
    return f"known here: {', '.join(known)}" if known else "none is declared"

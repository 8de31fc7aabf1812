"""The failure of a build, described for the person who has to act."""

from __future__ import annotations

from pathlib import Path

TAIL = 12
"""Lines of a log that a message repeats."""


class BuildFailed(Exception):
    """A command of a build failed; what is done so far is kept, and the next run continues from there."""

    def __init__(self, what: str, log: Path, lines: list[str]) -> None:
        self.log = log
        tail = "".join(f"\n  {line}" for line in lines[-TAIL:])
        super().__init__(f"{what} failed{tail}\nwhole log: {log}; run the same command again to go on from here")

"""Programs in Go that hold the real thing's own code, and judge what we judge."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


def program(name: str, sources: Path) -> Path:
    """Return the executable: QUADRANT_<NAME>_JUDGE, or the one that `make oracles` builds from these very sources."""
    files = [sources / "go.mod", sources / "go.sum", *sorted(sources.glob("*.go"))]
    content = b"".join(file.read_bytes() for file in files)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quadrant" / "bin"
    built = cache / f"{name}-judge-{hashlib.sha256(content).hexdigest()[:16]}"
    return Path(os.environ.get(f"QUADRANT_{name.upper()}_JUDGE") or built)


@dataclass(frozen=True)
class Judge:
    """A running judge, which answers each line with a line."""

    questions: IO[str]
    answers: IO[str]

    def ask(self, question: str) -> str:
        """Return the answer to one line."""
        self.questions.write(f"{question}\n")
        self.questions.flush()
        return self.answers.readline()


@contextmanager
def running(command: Sequence[str]) -> Iterator[Judge]:
    """Start a judge, and end it."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin, "the questions go there"
        assert process.stdout, "and the answers come from there"
        try:
            yield Judge(process.stdin, process.stdout)
        finally:
            process.stdin.close()

"""Kubernetes' own evaluator of the Pod Security Standards, as a process that judges pods one by one."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from quadrant_platform.policies.configuration.pod_security_version import Profile, Version

SOURCES = Path(__file__).parent / "judge"
_FILES = ("go.mod", "go.sum", "main.go")

Verdicts = dict[tuple[Profile, Version], frozenset[str]]


class RefusedError(Exception):
    """The API's types cannot hold this pod."""


def program() -> Path:
    """Return the executable: QUADRANT_PSS_JUDGE, or the one that `make oracles` builds from these very sources."""
    content = b"".join((SOURCES / name).read_bytes() for name in _FILES)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quadrant" / "bin"
    built = cache / f"pss-judge-{hashlib.sha256(content).hexdigest()[:16]}"
    return Path(os.environ.get("QUADRANT_PSS_JUDGE") or built)


@dataclass(frozen=True)
class Upstream:
    """A running evaluator."""

    questions: IO[str]
    answers: IO[str]

    def judge(self, pod: Mapping[str, Any]) -> Verdicts:
        """Return the checks that a pod violates, by profile and version. Raises RefusedError."""
        self.questions.write(f"{json.dumps(pod)}\n")
        self.questions.flush()
        answer = json.loads(self.answers.readline())
        if "error" in answer:
            raise RefusedError(answer["error"])
        return {
            (Profile(level), Version(1, int(version.removeprefix("v1.")))): frozenset(ids)
            for version, levels in answer["verdicts"].items()
            for level, ids in levels.items()
        }


@contextmanager
def running(versions: Iterable[Version]) -> Iterator[Upstream]:
    """Start the evaluator for some versions, and end it."""
    command = [str(program()), *(f"v{version}" for version in versions)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin, "the pods go there"
        assert process.stdout, "and the verdicts come from there"
        try:
            yield Upstream(process.stdin, process.stdout)
        finally:
            process.stdin.close()

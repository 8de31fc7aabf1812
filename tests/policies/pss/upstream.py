"""Kubernetes' own evaluator of the Pod Security Standards, as a process that judges pods one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.policies.configuration.pod_security_version import Profile, Version
from tests import judges

Verdicts = dict[tuple[Profile, Version], frozenset[str]]


class RefusedError(Exception):
    """The API's types cannot hold this pod."""


def program() -> Path:
    """Return the executable."""
    return judges.program("pss", Path(__file__).parent / "judge")


@dataclass(frozen=True)
class Upstream:
    """A running evaluator."""

    process: judges.Judge

    def judge(self, pod: Mapping[str, Any]) -> Verdicts:
        """Return the checks that a pod violates, by profile and version. Raises RefusedError."""
        answer = json.loads(self.process.ask(json.dumps(pod)))
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
    with judges.running([str(program()), *(f"v{version}" for version in versions)]) as process:
        yield Upstream(process)

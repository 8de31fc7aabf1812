"""promtool, where it is on the PATH: Prometheus' own judgement of rules."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROGRAM = "promtool"
_PATIENCE = 60
"""Seconds after which no answer is expected."""
_CHECKING = re.compile(r"^Checking (?P<file>.+)$")
_PLACE = re.compile(r"^\S+: (?:\d+:\d+: )?")

Groups = Sequence[Mapping[str, Any]]


def is_here() -> bool:
    """Return whether there is a promtool."""
    return shutil.which(PROGRAM) is not None


def refused(files: Sequence[Groups]) -> list[list[str]]:
    """Return, for the groups of each file, why Prometheus would not load them; no reasons where it would."""
    texts = tuple(json.dumps({"groups": list(groups)}, sort_keys=True) for groups in files)
    return [list(reasons) for reasons in _refused(texts)]


@lru_cache(maxsize=64)
def _refused(texts: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    if not texts or not is_here():
        return tuple(() for _ in texts)
    with TemporaryDirectory(prefix="quadrant-rules-") as folder:
        paths = [Path(folder) / f"{index}.yaml" for index in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        answer = _asked([str(path) for path in paths])
    found: dict[str, list[str]] = {str(path): [] for path in paths}
    current = ""
    for line in answer.splitlines():
        start = _CHECKING.match(line)
        current = start["file"] if start else current
        if line.startswith(f"{current}: "):
            found[current].append(_PLACE.sub("", line, count=1))
    # Some versions say the same of a file and of its groups.
    return tuple(tuple(dict.fromkeys(found[str(path)])) for path in paths)


def _asked(paths: list[str]) -> str:
    """Return what promtool says of files; nothing where it does not answer."""
    command = [PROGRAM, "check", "rules", "--lint=none", *paths]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout

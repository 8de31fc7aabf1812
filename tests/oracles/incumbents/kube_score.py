"""kube-score: all its checks, those that are off by default included."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.oracles.incumbents.scanner import Found, Scanner, installed

_GOOD = 10
PROGRAM, _VERSION = installed("kube-score")


def _scan(program: Path, files: Sequence[Path]) -> Mapping[Path, Sequence[Found]]:
    return {file: list(_found(_answer(program, file))) for file in files}


def _answer(program: Path, file: Path) -> list[dict[str, Any]]:
    """Judge each file in a call of its own, since objects among the files of one call belong together."""
    options = ["--all-default-optional", "--kubernetes-version", "v1.34", "--output-format", "json"]
    run = subprocess.run([program, "score", *options, file], capture_output=True, text=True, check=False)
    try:
        answer = json.loads(run.stdout)
    except ValueError:
        return [_refusal(run.stderr)]
    return answer or []


def _refusal(text: str) -> dict[str, Any]:
    """Return a manifest that it cannot read as a finding about the whole file."""
    check = {"check": {"id": "unreadable"}, "grade": 0, "skipped": False, "comments": [{"summary": text.strip()}]}
    return {"type_meta": {"kind": ""}, "object_meta": {}, "checks": [check]}


def _found(objects: list[dict[str, Any]]) -> Iterator[Found]:
    for one in objects:
        meta = one["object_meta"]
        for check in one["checks"] or ():
            if check["skipped"] or check["grade"] >= _GOOD:
                continue
            for comment in check["comments"] or [{}]:
                text = f"{comment.get('path', '')}: {comment.get('summary', '')}"
                place = (one["type_meta"]["kind"], meta.get("namespace", ""), meta.get("name", ""))
                yield Found(check["check"]["id"], *place, text)


KUBE_SCORE = Scanner("kube-score", PROGRAM, "go", f"kube-score {_VERSION.removeprefix('v')}", lambda: _VERSION, _scan)

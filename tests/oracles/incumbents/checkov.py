"""Checkov: all its checks of Kubernetes manifests."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.oracles.incumbents.scanner import ROOT, Found, Scanner

PROGRAM = ROOT / ".venv-checkov" / "bin" / "checkov"
_EACH = Path(__file__).with_name("checkov_each.py")


def version() -> str:
    """Return the version that the requirements name."""
    return (ROOT / "requirements/checkov.in").read_text(encoding="utf-8").strip().removeprefix("checkov==")


def _scan(program: Path, files: Sequence[Path]) -> Mapping[Path, Sequence[Found]]:
    run = subprocess.run(
        [program.with_name("python"), "-I", _EACH, *files], capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(f"checkov answered {run.returncode}: {run.stderr[-2000:]}")
    answer = json.loads(run.stdout.splitlines()[-1])
    return {file: [_found(rule, resource) for rule, resource in answer[str(file)]] for file in files}


def _found(rule: str, resource: str) -> Found:
    """Return the object of a resource: kind, namespace and name, and a templated pod's labels behind these."""
    kind, namespace, name = (*resource.split(".", 2), "", "")[:3]
    return Found(rule, kind, namespace, name)


CHECKOV = Scanner("checkov", PROGRAM, "checkov", f"Checkov {version()}", version, _scan)

"""The files of a Go module, which Go fetches at the version that one of the lab's folders requires."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import requirements

PATIENCE = 600.0
"""Seconds that one module may take; the largest has a hundred megabytes."""
ENVIRONMENT = {"GO111MODULE": "on", "GOWORK": "off", "GOFLAGS": "-mod=readonly"}


def fetch(module: str, pin: Path, purpose: str, say: Say) -> Path:
    """Return the folder of the module that `go.mod` in `pin` requires; BadInput where it cannot be fetched.

    `purpose` describes to people what Go does with it.
    """
    if found := requirements.go_problems(purpose, [pin]):
        raise BadInput(found)
    say(f"{module}: {purpose}; takes up to a minute where Go has not cached it")
    remedy = "look at `go env GOPROXY`, then run the same command again"
    try:
        listed = subprocess.run(
            ["go", "mod", "download", "-json", module],
            cwd=pin,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        what = f"cannot be fetched: Go was not done after {PATIENCE:g} s"
        raise BadInput([Problem((module,), what, remedy)]) from None
    if listed.returncode != 0:
        what = f"cannot be fetched: {listed.stderr.strip() or listed.stdout.strip()}"
        raise BadInput([Problem((module,), what, remedy)])
    return Path(json.loads(listed.stdout)["Dir"])

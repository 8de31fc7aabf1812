"""Manifests that another program renders: the output of kustomize and of Helm."""

import subprocess
import sys
from pathlib import Path
from shutil import which

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.program.manifest_files import Reading, read_path, read_text
from quadrant_platform.program.manifest_sources import bounded_text

_BUILDERS = (("kustomize", "build"), ("kubectl", "kustomize"))
"""Programs that build a kustomization, the first of which is used."""
_SECONDS = 120


def read_kustomization(folder: Path) -> Reading:
    """Return what kustomize makes of a folder. Raises BadInput with its words where it fails."""
    builder = next((words for words in _BUILDERS if which(words[0])), None)
    if builder is None:
        raise BadInput([Problem((), "neither kustomize nor kubectl is on PATH", "install one of them")])
    try:
        done = subprocess.run([*builder, str(folder)], capture_output=True, text=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        remedy = f"copy what it fetches into {folder}"
        raise BadInput([Problem((), f"`{' '.join(builder)} {folder}` took over {_SECONDS} s", remedy)]) from None
    if done.returncode:
        what = done.stderr.strip() or f"exit code {done.returncode}"
        raise BadInput([Problem((), f"`{' '.join(builder)} {folder}` failed: {what}", "correct the kustomization")])
    return read_text(done.stdout, str(folder))


def read_helm_output(source: Path) -> Reading:
    """Return the objects in the output of `helm template`: a file, or `-` for standard input."""
    if str(source) != "-":
        return read_path(source)
    try:
        text = bounded_text(sys.stdin.buffer, Path("standard input"))
    except UnicodeDecodeError as error:
        remedy = "pipe the output of `helm template` into it"
        raise BadInput([Problem((), f"standard input is not UTF-8 text ({error.reason})", remedy)]) from None
    except (AttributeError, OSError, ValueError):
        raise BadInput(
            [Problem((), "standard input is closed", "pipe the output of `helm template` into it")]
        ) from None
    return read_text(text, "standard input")

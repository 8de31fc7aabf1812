"""Where manifests are read from: the files of a folder, and text of a bounded size."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from quadrant_platform.documents.problems import BadInput, Problem

SUFFIXES = (".yaml", ".yml", ".json")
KUSTOMIZATION = "Kustomization"
"""The name of a kustomization that has no suffix."""
MAX_BYTES = 20_000_000
"""The most of one file, over ten times what the largest public manifests have."""


def files_of(path: Path, skipped: list[Problem]) -> list[Path]:
    """Return a file itself, or the manifests below a folder; what cannot be read is added to `skipped`."""
    if not path.exists():
        raise BadInput([Problem((), f"{path} does not exist", "name a folder or file with Kubernetes objects")])
    files = sorted(_below(path, skipped)) if path.is_dir() else [path]
    if not files and not skipped:
        raise BadInput([Problem((), f"there is no {', '.join(SUFFIXES)} file in {path}", "name another folder")])
    return files


def _below(folder: Path, skipped: list[Problem]) -> Iterator[Path]:
    """Yield the files below a folder; links to folders are not followed, since they may lead back."""

    def refuse(error: OSError) -> None:
        skipped.append(Problem((), f"cannot be read: {error.strerror}", "", Path(error.filename), 1))

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if (path.suffix not in SUFFIXES and name != KUSTOMIZATION) or name.startswith("."):
                continue
            if reason := _strange(path):
                skipped.append(Problem((), reason, "", path, 1))
            else:
                yield path


def _strange(path: Path) -> str:
    """Return why opening a path is no use, or would wait for ever."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if stat.S_ISREG(mode) else "no file but a pipe, socket or device"


def text_of(file: Path) -> str:
    """Return the text of a file. Raises BadInput where it cannot be read, or is too long."""
    try:
        with file.open("rb") as stream:
            return bounded_text(stream, file)
    except UnicodeDecodeError as error:
        raise BadInput([Problem((), f"not UTF-8 text ({error.reason})", "save it as UTF-8", file, 1)]) from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise BadInput([Problem((), what, "name a file that can be read", file, 1)]) from None


def bounded_text(stream: IO[bytes], source: Path) -> str:
    """Return what a stream has. Raises BadInput where it is too long, and UnicodeDecodeError where it is no text."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadInput([Problem((), f"over {MAX_BYTES // 10**6} MB", "split it into smaller files", source, 1)])
    return data.decode("utf-8")

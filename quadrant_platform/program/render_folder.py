"""The output folder of `render`, replaced as a whole or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.files import replace_folder

MARKER = ".quadrant-render"
"""The file that lists the files of a render; no tool takes it for a manifest."""


def write_render(folder: Path, files: Mapping[str, str], origin: Mapping[str, str]) -> None:
    """Write files into a folder that is empty, absent or an earlier render; BadInput for any other."""
    target = folder.resolve()
    _refuse_foreign(folder, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        _fill(fresh, {**files, MARKER: json.dumps({**origin, "files": sorted(files)}, indent=1) + "\n"})
        replace_folder(fresh, target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _refuse_foreign(folder: Path, target: Path) -> None:
    remedy = "name an empty or new folder, or one of an earlier render"
    if not target.exists():
        return
    if not target.is_dir():
        raise BadInput([Problem((), f"{folder} is a file, not a folder", remedy)])
    if not os.access(target, os.W_OK):
        raise BadInput([Problem((), f"{folder} is read-only, and a render replaces it", remedy)])
    present = {str(path.relative_to(target)) for path in target.rglob("*")}
    foreign = sorted(present - _listed(target / MARKER) - {MARKER})
    if foreign:
        shown = ", ".join(foreign[:3]) + (" …" if len(foreign) > 3 else "")
        what = f"{folder} holds files that no render wrote ({shown}); they would be lost"
        raise BadInput([Problem((), what, remedy)])


def _listed(marker: Path) -> set[str]:
    try:
        files = json.loads(marker.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {str(file) for file in files} if isinstance(files, list) else set()


def _fill(folder: Path, files: Mapping[str, str]) -> None:
    umask = os.umask(0)
    os.umask(umask)
    folder.chmod(0o777 & ~umask)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")

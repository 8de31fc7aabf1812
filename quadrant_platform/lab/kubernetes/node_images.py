"""Images on the node: made where the lab can, and imported once."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.files import write_atomically
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import image_builds
from quadrant_platform.lab.build.catalogue import ABSENT, IMAGES
from quadrant_platform.lab.build.image import normalised
from quadrant_platform.lab.kubernetes import node_settings
from quadrant_platform.lab.machine.home import Home


def load(home: Home, names: Collection[str], say: Say) -> tuple[str, ...]:
    """Import the images that the lab can make; return the names of the others, which the node has to pull."""
    full = {name: normalised(name) for name in sorted(names)}
    for name in sorted({*full.values()} & {*ABSENT}):
        say(f"{name} cannot be made here: {ABSENT[name]}; its pods will wait for it")
    for name in sorted({*full.values()} & {*IMAGES}):
        archive = image_builds.ensure([name], home, say)[name]
        if _imported(home, name) != archive.name:
            _import(home, name, archive)
    return tuple(name for name, whole in full.items() if whole not in IMAGES)


def ctr(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the client of the lab's containerd."""
    command = ["ctr", "--address", str(node_settings.socket(home)), "--namespace", "k8s.io", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _imported(home: Home, name: str) -> str | None:
    """Return the name of the archive that an image was imported from, which identifies its content."""
    record = _record(home, name)
    return record.read_text("utf-8") if record.exists() else None


def _record(home: Home, name: str) -> Path:
    return home.state / "imported" / name.replace("/", "_")


def _import(home: Home, name: str, archive: Path) -> None:
    done = ctr(home, "images", "import", "--all-platforms", str(archive))
    if done.returncode != 0:
        raise BadInput([Problem((name,), f"cannot be imported: {done.stderr.strip()}", "run the command again")])
    write_atomically(_record(home, name), archive.name)

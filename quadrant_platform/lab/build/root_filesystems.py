"""Root filesystems of images: packages of one Debian release, unpacked without being configured."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tarfile
from functools import partial
from pathlib import Path

from quadrant_platform.host.files import remove
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build.archive import normalise
from quadrant_platform.lab.build.artifacts import make, run
from quadrant_platform.lab.machine.home import Home

SUITE = "trixie"
"""The release that has PostgreSQL 17, Redis 8 and a PgBouncer that keeps prepared statements."""
TOOL = "mmdebstrap"
LAYOUT = 2
"""Raised when what is left out changes, so that kept root filesystems are made again."""
LEFT_OUT = (
    "boot/",
    "dev/",
    "etc/apt/",
    "etc/systemd/",
    "usr/lib/systemd/",
    "usr/share/bash-completion/",
    "usr/share/bug/",
    "usr/share/doc/",
    "usr/share/i18n/",
    "usr/share/info/",
    "usr/share/lintian/",
    "usr/share/locale/",
    "usr/share/man/",
    "var/cache/",
    "var/lib/apt/",
    "var/lib/dpkg/",
    "var/lock/",
    "var/run/",
)
"""Folders that no program here reads; /dev is the container runtime's, /var/run is a link to /run."""
COMPILERS = ("libLLVM", "libz3", "llvmjit")
"""PostgreSQL's compiler of queries is half of its size, and the server does without it where it is not there."""


def key(packages: tuple[str, ...], hooks: tuple[str, ...]) -> str:
    """Return the digest that identifies a root filesystem."""
    decisive = [SUITE, sorted(packages), hooks, platform.machine(), LAYOUT, LEFT_OUT, COMPILERS]
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:16]


def layer_path(packages: tuple[str, ...], hooks: tuple[str, ...], home: Home) -> Path:
    """Return the file of a root filesystem once it is made."""
    return home.images / ".roots" / f"{key(packages, hooks)}.tar"


def ensure(what: str, packages: tuple[str, ...], hooks: tuple[str, ...], home: Home, say: Say) -> Path:
    """Return the root filesystem as one layer of an image; `hooks` are shell lines that see its folder as $1.

    `what` names it in lines of progress and in errors.
    """
    return make(layer_path(packages, hooks, home), what, say, partial(_make, what, packages, hooks, home, say))


def _make(what: str, packages: tuple[str, ...], hooks: tuple[str, ...], home: Home, say: Say, part: Path) -> None:
    say(f"{what}: unpacking {', '.join(packages)} of Debian {SUITE}; takes 10 to 40 s")
    raw = part.with_suffix(".raw")
    command = [TOOL, "--mode=root", "--variant=extract", "--format=tar", f"--include={','.join(packages)}"]
    command += [f"--extract-hook={hook}" for hook in hooks]
    log = home.logs / f"root-{key(packages, hooks)}.log"
    try:
        run(what, [*command, SUITE, str(raw)], log, say, cwd=part.parent, env={})
        _filter(raw, part)
    finally:
        remove(raw)


def _filter(raw: Path, part: Path) -> None:
    """Copy what images need without dates and in a fixed order, hard links last: equal packages make equal layers."""
    with tarfile.open(raw) as source, tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as layer:
        for member in sorted(source, key=lambda member: (member.islnk(), member.name)):
            if wanted(member):
                layer.addfile(normalise(member), source.extractfile(member) if member.isreg() else None)


def wanted(member: tarfile.TarInfo) -> bool:
    """Return whether images need this member; its name begins with `./`."""
    name = member.name.removeprefix("./")
    file = name.rpartition("/")[2]
    return not f"{name}/".startswith(LEFT_OUT) and not file.startswith(COMPILERS) and "/bitcode/" not in name


def available() -> bool:
    """Return whether the tool that unpacks packages is on PATH."""
    return shutil.which(TOOL) is not None

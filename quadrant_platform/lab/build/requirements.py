"""What a machine lacks for a build, found before anything is changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from quadrant_platform.documents.problems import Problem
from quadrant_platform.lab.build import root_filesystems
from quadrant_platform.lab.build.go_modules import GoModule
from quadrant_platform.lab.machine.home import Home

MEGABYTE = 1_000_000
ROOT_MEGABYTES = 700
"""What an image takes while it is made: what was unpacked, its root filesystem and its archive."""
RENEWABLE = (1, 21)
"""The first Go that can fetch a newer one."""
SECONDS_TO_ANSWER = 120
"""A Go that is told to be another version fetches that before it answers."""


class Silent(Exception):
    """Go is there and does not answer; the text says how it failed."""


def problems(modules: Sequence[GoModule], images: Sequence[str], home: Home) -> tuple[Problem, ...]:
    """Return why these modules, and root filesystems of these images, could not be made here; empty where they can."""
    places = [home.bin, home.images]
    found: list[Problem] = []
    if modules:
        compiles = f"compiles {', '.join(module.name for module in modules)}"
        found += of_go(compiles, [module.folder for module in modules])
        places += [] if found else _caches()
    if images and os.geteuid() != 0:
        found.append(Problem(("user",), f"is not root, who unpacks packages for {', '.join(images)}", "run as root"))
    needed = sum(module.megabytes for module in modules) + ROOT_MEGABYTES * len(images)
    names = ", ".join((*(module.name for module in modules), *images))
    return (*found, *of_disk(places, round(needed), f"making {names}"))


def of_go(purpose: str, folders: Iterable[Path]) -> tuple[Problem, ...]:
    """Return why Go could not do something with the modules in these folders; empty where it can."""
    needed = required(folders)
    if shutil.which("go") is None:
        return (Problem(("go",), f"is not on PATH, and {purpose}", _install(needed)),)
    try:
        version, toolchain = _go("GOVERSION", "GOTOOLCHAIN")
    except Silent as silent:
        return (Problem(("go",), f"does not answer, and {purpose}: {silent}", f"mend it, or {_install(needed)}"),)
    if _numbers(version) >= _numbers(needed):
        return ()
    renewable = _numbers(version) >= RENEWABLE
    if renewable and (toolchain == "auto" or toolchain.endswith("+auto")):
        return ()
    remedy = _install(needed) + (", or let it fetch one: GOTOOLCHAIN=auto" if renewable else "")
    return (Problem(("go",), f"is {version or 'older than 1.16'}, and {purpose}, which needs Go {needed}", remedy),)


def of_unpacking() -> tuple[Problem, ...]:
    """Return a problem where the tool that unpacks packages is not there, which the lab's host packages bring."""
    if root_filesystems.available():
        return ()
    return (
        Problem(
            (root_filesystems.TOOL,),
            "is not on PATH, and unpacks packages",
            f"install it: apt-get install {root_filesystems.TOOL}",
        ),
    )


def of_disk(places: Iterable[Path], megabytes: int, why: str) -> tuple[Problem, ...]:
    """Return a problem for each file system that is too full; places need not exist yet."""
    volumes = {existing(place).stat().st_dev: existing(place) for place in places}
    return tuple(
        Problem(
            (str(volume),), f"{why} needs {megabytes} MB there, {free} MB are free", "free some, or move the caches"
        )
        for volume in volumes.values()
        if (free := shutil.disk_usage(volume).free // MEGABYTE) < megabytes
    )


def required(folders: Iterable[Path]) -> str:
    """Return the newest Go version that a go.mod in these folders asks for."""
    found = (re.search(r"^go (\S+)$", (folder / "go.mod").read_text("utf-8"), re.MULTILINE) for folder in folders)
    return max((match[1] for match in found if match), key=_numbers)


def _caches() -> list[Path]:
    """Return where Go keeps sources and compiled packages."""
    with suppress(Silent):
        return [Path(place) for place in _go("GOCACHE", "GOMODCACHE")]
    return []


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _go(*names: str) -> list[str]:
    """Return what `go env` says of each of these; Silent where it says something else."""
    try:
        asked = ["go", "env", *names]
        told = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=SECONDS_TO_ANSWER).stdout
    except subprocess.CalledProcessError as failed:
        raise Silent(failed.stderr.strip() or str(failed)) from failed
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise Silent(str(failed)) from failed
    if len(told.splitlines()) != len(names):
        raise Silent(f"`{' '.join(asked)}` says {told!r}")
    return told.splitlines()


def _install(needed: str) -> str:
    """Return how to come by this version; sudo gives commands a PATH of its own, on which a user's Go seldom is."""
    install = f"install Go {needed} or newer"
    user = os.environ.get("SUDO_USER")
    return f'where {user} has it, run `sudo env PATH="$PATH" make up`, else {install}' if user else install


def existing(place: Path) -> Path:
    """Return a place, or the nearest folder above it that is there already."""
    return next(folder for folder in (place, *place.parents) if folder.exists())

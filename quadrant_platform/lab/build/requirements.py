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
"""A Go that is set to another version fetches that before it answers."""


class GoFailed(Exception):
    """Go is there and does not answer; the text is its error."""


def problems(modules: Sequence[GoModule], images: Sequence[str], home: Home) -> tuple[Problem, ...]:
    """Return why these modules, and root filesystems of these images, could not be made here; empty where they can."""
    places = [home.bin, home.images]
    found: list[Problem] = []
    if modules:
        compiles = f"compiles {', '.join(module.name for module in modules)}"
        found += go_problems(compiles, [module.folder for module in modules])
        places += [] if found else _caches()
    if images and os.geteuid() != 0:
        found.append(Problem(("user",), f"is not root, who unpacks packages for {', '.join(images)}", "run as root"))
    needed = sum(module.megabytes for module in modules) + ROOT_MEGABYTES * len(images)
    names = ", ".join((*(module.name for module in modules), *images))
    return (*found, *disk_problems(places, round(needed), f"making {names}"))


def go_problems(purpose: str, folders: Iterable[Path]) -> tuple[Problem, ...]:
    """Return why Go could not do something with the modules in these folders; empty where it can."""
    needed = required_go(folders)
    if shutil.which("go") is None:
        return (Problem(("go",), f"is not on PATH, and {purpose}", _install(needed)),)
    try:
        version, toolchain = _go("GOVERSION", "GOTOOLCHAIN")
    except GoFailed as failed:
        return (Problem(("go",), f"does not answer, and {purpose}: {failed}", f"mend it, or {_install(needed)}"),)
    if _numbers(version) >= _numbers(needed):
        return ()
    renewable = _numbers(version) >= RENEWABLE
    if renewable and (toolchain == "auto" or toolchain.endswith("+auto")):
        return ()
    remedy = _install(needed) + (", or let it fetch one: GOTOOLCHAIN=auto" if renewable else "")
    return (Problem(("go",), f"is {version or 'older than 1.16'}, and {purpose}, which needs Go {needed}", remedy),)


def unpacking_problems() -> tuple[Problem, ...]:
    """Return a problem where the tool that unpacks packages is missing; the lab's host packages have it."""
    if root_filesystems.available():
        return ()
    return (
        Problem(
            (root_filesystems.TOOL,),
            "is not on PATH, and unpacks packages",
            f"install it: apt-get install {root_filesystems.TOOL}",
        ),
    )


def disk_problems(places: Iterable[Path], megabytes: int, why: str) -> tuple[Problem, ...]:
    """Return a problem for each file system that is too full; places need not exist yet."""
    volumes = {nearest_folder(place).stat().st_dev: nearest_folder(place) for place in places}
    return tuple(
        Problem(
            (str(volume),), f"{why} needs {megabytes} MB there, {free} MB are free", "free some, or move the caches"
        )
        for volume in volumes.values()
        if (free := shutil.disk_usage(volume).free // MEGABYTE) < megabytes
    )


def required_go(folders: Iterable[Path]) -> str:
    """Return the newest Go version that a go.mod in these folders asks for."""
    found = (re.search(r"^go (\S+)$", (folder / "go.mod").read_text("utf-8"), re.MULTILINE) for folder in folders)
    return max((match[1] for match in found if match), key=_numbers)


def _caches() -> list[Path]:
    """Return where Go keeps sources and compiled packages."""
    with suppress(GoFailed):
        return [Path(place) for place in _go("GOCACHE", "GOMODCACHE")]
    return []


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _go(*names: str) -> list[str]:
    """Return the values that `go env` prints for names; GoFailed where it prints something else."""
    try:
        command = ["go", "env", *names]
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS_TO_ANSWER).stdout
    except subprocess.CalledProcessError as failed:
        raise GoFailed(failed.stderr.strip() or str(failed)) from failed
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise GoFailed(str(failed)) from failed
    if len(printed.splitlines()) != len(names):
        raise GoFailed(f"`{' '.join(command)}` prints {printed!r}")
    return printed.splitlines()


def _install(needed: str) -> str:
    """Return the remedy; sudo gives commands a PATH of its own, on which a user's Go seldom is."""
    install = f"install Go {needed} or newer"
    user = os.environ.get("SUDO_USER")
    return f'where {user} has it, run `sudo env PATH="$PATH" make up`, else {install}' if user else install


def nearest_folder(place: Path) -> Path:
    """Return a path, or the nearest folder above it that exists."""
    return next(folder for folder in (place, *place.parents) if folder.exists())

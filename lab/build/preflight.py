"""What a machine lacks for a build, found before anything is changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from lab.build import roots
from lab.build.programs import Module
from lab.home import Home
from model.errors import Problem

MEGABYTE = 1_000_000
ROOT_MEGABYTES = 700
"""What an image takes while it is made: what was unpacked, its root filesystem and its archive."""


def problems(modules: Sequence[Module], images: Sequence[str], home: Home) -> tuple[Problem, ...]:
    """Return why these modules, and root filesystems of these images, could not be made here; empty where they can."""
    places = [home.bin, home.images]
    found: list[Problem] = []
    if modules:
        found += of_go(modules)
        places += _caches()
    if images and os.geteuid() != 0:
        found.append(Problem(("user",), f"is not root, who unpacks packages for {', '.join(images)}", "run as root"))
    needed = sum(module.megabytes for module in modules) + ROOT_MEGABYTES * len(images)
    names = ", ".join((*(module.name for module in modules), *images))
    return (*found, *of_disk(places, round(needed), f"making {names}"))


def of_go(modules: Sequence[Module]) -> tuple[Problem, ...]:
    """Return why Go could not compile these."""
    names, needed = ", ".join(module.name for module in modules), required(modules)
    if shutil.which("go") is None:
        return (Problem(("go",), f"is not on PATH, and compiles {names}", f"install Go {needed} or newer"),)
    version, toolchain = _go("env", "GOVERSION", "GOTOOLCHAIN")
    if toolchain != "local" or _numbers(version) >= _numbers(needed):
        return ()
    remedy = f"install Go {needed}, or let it fetch one: GOTOOLCHAIN=auto"
    return (Problem(("go",), f"is {version}, and {names} need Go {needed}", remedy),)


def of_unpacking() -> tuple[Problem, ...]:
    """Return a problem where the tool that unpacks packages is not there, which the lab's host packages bring."""
    if roots.available():
        return ()
    return (
        Problem((roots.TOOL,), "is not on PATH, and unpacks packages", f"install it: apt-get install {roots.TOOL}"),
    )


def of_disk(places: Iterable[Path], megabytes: int, why: str) -> tuple[Problem, ...]:
    """Return a problem for each file system that is too full; places need not exist yet."""
    volumes = {_existing(place).stat().st_dev: _existing(place) for place in places}
    return tuple(
        Problem(
            (str(volume),), f"{why} needs {megabytes} MB there, {free} MB are free", "free some, or move the caches"
        )
        for volume in volumes.values()
        if (free := shutil.disk_usage(volume).free // MEGABYTE) < megabytes
    )


def required(modules: Iterable[Module]) -> str:
    """Return the newest Go version that a go.mod of these asks for."""
    found = (
        re.search(r"^go (\S+)$", (module.folder / "go.mod").read_text("utf-8"), re.MULTILINE) for module in modules
    )
    return max((match[1] for match in found if match), key=_numbers)


def _caches() -> list[Path]:
    """Return where Go keeps sources and compiled packages."""
    return [Path(place) for place in _go("env", "GOCACHE", "GOMODCACHE")] if shutil.which("go") else []


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _go(*arguments: str) -> list[str]:
    return subprocess.run(["go", *arguments], capture_output=True, text=True, check=True).stdout.splitlines()


def _existing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())

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


def of_compilation(modules: Sequence[Module], home: Home) -> tuple[Problem, ...]:
    """Return why these modules could not be compiled here; empty where they can, or where there are none."""
    if not modules:
        return ()
    names = ", ".join(module.name for module in modules)
    if shutil.which("go") is None:
        return (Problem(("go",), f"is not on PATH, and compiles {names}", f"install Go {required(modules)} or newer"),)
    found = (*_version(modules, names), *_modules_there(modules))
    places = {home.bin, *(Path(place) for place in _go("env", "GOCACHE", "GOMODCACHE"))}
    needed = sum(module.disk for module in modules)
    return (*found, *of_disk(places, needed, f"compiling {names}"))


def of_roots(images: Sequence[str], home: Home) -> tuple[Problem, ...]:
    """Return why the root filesystems of these images could not be made here; empty where they can, or for none."""
    if not images:
        return ()
    why = f"unpacks Debian packages for {', '.join(images)}"
    tool = Problem((roots.TOOL,), f"is not on PATH, and {why}", f"install it: apt-get install {roots.TOOL}")
    root = Problem(("user",), f"is not root, who {why}", "run as root")
    found = [problem for problem, absent in ((tool, not roots.available()), (root, os.geteuid() != 0)) if absent]
    return (*found, *of_disk([home.images], ROOT_MEGABYTES * len(images), f"making {len(images)} images"))


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


def _version(modules: Sequence[Module], names: str) -> tuple[Problem, ...]:
    """Return a problem where Go is too old and may not fetch a newer one by itself."""
    version, toolchain = _go("env", "GOVERSION", "GOTOOLCHAIN")
    needed = required(modules)
    if toolchain != "local" or _numbers(version) >= _numbers(needed):
        return ()
    remedy = f"install Go {needed}, or let it fetch one: GOTOOLCHAIN=auto"
    return (Problem(("go",), f"is {version}, and {names} need Go {needed}", remedy),)


def _modules_there(modules: Sequence[Module]) -> tuple[Problem, ...]:
    return tuple(
        Problem((str(module.folder),), "has no go.sum", "restore the folder from the repository")
        for module in modules
        if not (module.folder / "go.sum").is_file()
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _go(*arguments: str) -> list[str]:
    return subprocess.run(["go", *arguments], capture_output=True, text=True, check=True).stdout.splitlines()


def _existing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())

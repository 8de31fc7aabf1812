"""Programs compiled from pinned Go modules, kept under the digest of all that decides what they are."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem, did_you_mean
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import requirements
from quadrant_platform.lab.build.archive import ARCHITECTURES
from quadrant_platform.lab.build.artifacts import make, run
from quadrant_platform.lab.build.go_modules import PROGRAMS, GoModule
from quadrant_platform.lab.machine.home import Home

ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}
"""CGO off: the programs also run in images that have no C library."""
USUAL = {
    "GO111MODULE": "on",
    "GOOS": "linux",
    "GOARCH": ARCHITECTURES.get(platform.machine(), platform.machine()),
    "GOAMD64": "v1",
}
"""Go's own defaults, set again for users who changed them, and therefore no part of a build's digest."""


def ensure(names: Iterable[str], home: Home, say: Say) -> dict[str, Path]:
    """Return the path of each program, compiled where it is missing; `home.bin` links it under its name."""
    wanted = tuple(dict.fromkeys(names))
    modules = modules_of(wanted)
    if problems := requirements.problems(missing(wanted, home), (), home):
        raise BadInput(problems)
    for module in modules:
        make(built_folder(module, home), module.name, say, partial(_compile, module, home, say))
    paths = {name: built_folder(PROGRAMS[name], home) / name for name in wanted}
    for name, path in paths.items():
        _link(home.bin / name, path)
    return paths


def missing(names: Iterable[str], home: Home) -> tuple[GoModule, ...]:
    """Return the modules of these programs that have yet to be compiled."""
    return tuple(module for module in modules_of(names) if not built_folder(module, home).is_dir())


def modules_of(names: Iterable[str]) -> tuple[GoModule, ...]:
    """Return the modules that make these programs, in the order of the names; BadInput names unknown ones."""
    wanted = tuple(names)
    if unknown := [name for name in wanted if name not in PROGRAMS]:
        raise BadInput(
            Problem(("programs", name), "the lab has no such program", did_you_mean(name, PROGRAMS)) for name in unknown
        )
    return tuple(dict.fromkeys(PROGRAMS[name] for name in wanted))


def built_folder(module: GoModule, home: Home) -> Path:
    """Return the folder of a module's programs once they are built."""
    return home.bin / ".built" / f"{module.name}-{digest(module)}"


def digest(module: GoModule) -> str:
    """Return the digest of a build: any change of requirements, sources, packages or flags changes it."""
    total = hashlib.sha256(
        json.dumps([dict(module.programs), _flags(module), ENVIRONMENT, platform.machine()]).encode()
    )
    for file in sorted(path for path in module.folder.rglob("*") if path.is_file()):
        total.update(f"\0{file.relative_to(module.folder)}\0".encode() + file.read_bytes())
    return total.hexdigest()[:16]


def _flags(module: GoModule) -> list[str]:
    link = " ".join(["-s -w", *(f"-X {name}={value}" for name, value in module.variables.items())])
    return ["-trimpath", "-ldflags", link]


def _compile(module: GoModule, home: Home, say: Say, part: Path) -> None:
    part.mkdir(parents=True)
    programs = ", ".join(module.programs)
    say(f"{module.name}: compiling {programs}; takes {module.minutes:g} CPU minutes where nothing is cached")
    command = ["go", "build", "-v", *_flags(module), "-o", f"{part}{os.sep}", *module.programs.values()]
    run(
        f"compiling {module.name}",
        command,
        home.logs / f"build-{module.name}.log",
        say,
        cwd=module.folder,
        env={**ENVIRONMENT, **USUAL},
    )
    for program, package in module.programs.items():
        (part / _output(package)).rename(part / program)


def _output(package: str) -> str:
    """Return the name that Go gives a program: the last part of its package that is no version."""
    parts = package.split("/")
    return parts[-2] if parts[-1][:1] == "v" and parts[-1][1:].isdigit() else parts[-1]


def _link(link: Path, target: Path) -> None:
    """Point a link at its target in one step; running programs keep the file they were started from."""
    relative = os.path.relpath(target, link.parent)
    if link.is_symlink() and link.readlink() == Path(relative):
        return
    part = link.with_name(f".{link.name}.{os.getpid()}")
    part.symlink_to(relative)
    part.replace(link)

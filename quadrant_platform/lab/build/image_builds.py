"""Image archives, made of root filesystems, programs and folders, and kept under the digest of all of these."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem, did_you_mean
from quadrant_platform.host.files import remove
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import program_builds, requirements, root_filesystems
from quadrant_platform.lab.build.archive import write_image, write_layer
from quadrant_platform.lab.build.artifacts import make
from quadrant_platform.lab.build.catalogue import ABSENT, IMAGES
from quadrant_platform.lab.build.go_modules import PROGRAMS
from quadrant_platform.lab.build.image import Image, normalised, source_files
from quadrant_platform.lab.machine.home import Home

LAYOUT = 2
"""Raised when archives are written differently, so that kept ones are made again."""


def ensure(names: Iterable[str], home: Home, say: Say) -> dict[str, Path]:
    """Return the archive of each image under the name that was asked for, made where it is missing."""
    asked = {name: _image(name) for name in names}
    archives = {image: archive_path(image, home) for image in asked.values()}
    missing = {image: archive for image, archive in archives.items() if not archive.is_file()}
    if found := obstacles((image.name for image in missing), home):
        raise BadInput(found)
    paths = program_builds.ensure(needs(image.name for image in missing), home, say)
    for image, archive in missing.items():
        make(archive, image.name, say, partial(_write, image, paths, home, say))
        _forget_older(archive)
    return {name: archives[image] for name, image in asked.items()}


def obstacles(names: Iterable[str], home: Home) -> tuple[Problem, ...]:
    """Return why `ensure` could not make these images as this machine is; empty where it can."""
    wanted = tuple(names)
    missing = [image for image in map(_image, wanted) if not archive_path(image, home).is_file()]
    tools = requirements.unpacking_problems() if _without_root(missing, home) else ()
    return (*tools, *problems(wanted, home))


def problems(names: Iterable[str], home: Home, programs: Iterable[str] = ()) -> tuple[Problem, ...]:
    """Return why these images and programs could not be made on this machine; empty where they can.

    The machine's own packages are not inspected: see `debian`.
    """
    missing = [image for image in map(_image, names) if not archive_path(image, home).is_file()]
    wanted = (*programs, *needs(image.name for image in missing))
    return requirements.problems(program_builds.missing(wanted, home), _without_root(missing, home), home)


def needs(names: Iterable[str]) -> tuple[str, ...]:
    """Return the programs that these images hold."""
    return tuple(dict.fromkeys(program for name in names for program in _image(name).programs.values()))


def archive_path(image: Image, home: Home) -> Path:
    """Return the file of an image's archive once it is made."""
    short = image.name.rpartition("/")[2].replace(":", "-")
    return home.images / f"{short}-{digest(image)}.tar"


def digest(image: Image) -> str:
    """Return the digest of an archive: any change of its packages, programs, files or settings changes it."""
    total = hashlib.sha256(f"{LAYOUT} {image!r} {root_filesystems.key(image.packages, image.hooks)}".encode())
    for program in image.programs.values():
        total.update(program_builds.digest(PROGRAMS[program]).encode())
    for place, folder in image.folders.items():
        for name in source_files(folder):
            total.update(f"\0{place}/{name}\0".encode() + (folder / name).read_bytes())
    return total.hexdigest()[:16]


def _image(name: str) -> Image:
    full = normalised(name)
    if full in IMAGES:
        return IMAGES[full]
    if full in ABSENT:
        raise BadInput([Problem(("images", name), f"cannot be made here: {ABSENT[full]}", "leave its workload out")])
    raise BadInput([Problem(("images", name), "the lab has no such image", did_you_mean(full, IMAGES))])


def _without_root(images: Iterable[Image], home: Home) -> list[str]:
    """Return the images whose root filesystem has yet to be made."""
    return [
        image.name
        for image in images
        if image.packages and not root_filesystems.layer_path(image.packages, image.hooks, home).is_file()
    ]


def _write(image: Image, paths: dict[str, Path], home: Home, say: Say, part: Path) -> None:
    overlay = part.with_suffix(".overlay")
    what = f"root filesystem of {image.name}"
    base = [root_filesystems.ensure(what, image.packages, image.hooks, home, say)] if image.packages else []
    say(f"{image.name}: writing its archive")
    try:
        write_layer(overlay, image.overlay(paths))
        write_image(part, image.name, [*base, overlay], image.start)
    finally:
        remove(overlay)


def _forget_older(archive: Path) -> None:
    """Remove archives of the same image with other contents, such as former states of the sample service."""
    beginning = archive.stem.rpartition("-")[0]
    for other in archive.parent.glob(f"{beginning}-{'?' * 16}.tar"):
        if other != archive:
            remove(other)

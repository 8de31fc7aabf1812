"""`python -m quadrant_platform.lab.build [NAME...]`: make programs and images, or list all and which are kept."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.build import image_builds, program_builds
from quadrant_platform.lab.build.catalogue import IMAGES
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.build.go_modules import PROGRAMS
from quadrant_platform.lab.machine.home import Home


def main(names: Sequence[str]) -> int:
    """Return 0 when all is made, 1 where a build failed, 2 for bad input."""
    home = Home.here()
    try:
        lines = make_all(names, home) if names else list_all(home)
    except (BadInput, BuildFailed) as error:
        _say(str(error))
        return 2 if isinstance(error, BadInput) else 1
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def make_all(names: Sequence[str], home: Home) -> list[str]:
    """Make programs and images by their names, and return a line with the path of each."""
    programs = [name for name in names if name in PROGRAMS]
    archives = image_builds.ensure([name for name in names if name not in PROGRAMS], home, _say)
    return [f"{name} {path}" for name, path in {**program_builds.ensure(programs, home, _say), **archives}.items()]


def list_all(home: Home) -> list[str]:
    """Return a line for each program and image: whether it is kept, its kind and its name."""
    programs = [
        (program_builds.built_folder(module, home).is_dir(), "program", name) for name, module in PROGRAMS.items()
    ]
    archives = [(image_builds.archive_path(image, home).is_file(), "image", name) for name, image in IMAGES.items()]
    return [f"{'kept' if there else 'not made':9}{kind:8} {name}" for there, kind, name in (*programs, *archives)]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

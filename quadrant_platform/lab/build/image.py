"""An image of the lab: the name that manifests use, and all that is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from quadrant_platform.lab.build.archive import Entry, Start


@dataclass(frozen=True)
class Image:
    """A root filesystem of Debian packages, none for a program that needs nothing, and a layer on top of it."""

    name: str
    packages: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    """Shell lines that complete the root filesystem, whose folder they see as $1."""
    programs: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The lab's own programs by their absolute paths in the image."""
    links: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Targets of symbolic links by their absolute paths."""
    folders: Mapping[str, Path] = field(default_factory=dict, hash=False, repr=False)
    """Folders of this repository by the absolute paths of their copies."""
    accounts: Mapping[str, int] = field(default_factory=dict, hash=False)
    """User ids, each also its group's, of accounts that need a name besides root and nobody."""
    start: Start = field(default_factory=Start)

    def overlay(self, paths: Mapping[str, Path]) -> dict[str, Entry]:
        """Return the layer on top of the root filesystem; `paths` has the file of each program."""
        entries = {"/etc/passwd": Entry(self._passwd()), "/etc/group": Entry(self._group())}
        entries["/etc/nsswitch.conf"] = Entry(b"passwd: files\ngroup: files\nhosts: files dns\n")
        if self.packages:
            entries["/var/run"] = Entry(link="/run")
        else:
            entries |= {"/usr/bin": Entry(mode=0o755), "/bin": Entry(link="usr/bin"), "/tmp": Entry(mode=0o1777)}
        entries |= {place: Entry(paths[program], mode=0o755) for place, program in self.programs.items()}
        entries |= {place: Entry(link=target) for place, target in self.links.items()}
        for place, folder in self.folders.items():
            entries |= {f"{place}/{name}": Entry(folder / name) for name in source_files(folder)}
        return entries

    def _passwd(self) -> bytes:
        rows = [f"{name}:x:{number}:{number}:{name}:/:/bin/sh" for name, number in self._accounts()]
        return "".join(f"{row}\n" for row in rows).encode()

    def _group(self) -> bytes:
        return "".join(f"{name}:x:{number}:\n" for name, number in self._accounts()).encode()

    def _accounts(self) -> list[tuple[str, int]]:
        return sorted({"root": 0, "nobody": 65534, **self.accounts}.items(), key=lambda account: account[1])


def source_files(folder: Path) -> list[str]:
    """Return the files of a folder that belong into an image, by their paths in it."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(file.as_posix() for file in files if "__pycache__" not in file.parts)


def normalised(name: str) -> str:
    """Return the full name, as containerd keeps it: `redis:7` is docker.io/library/redis:7."""
    first, slash, _ = name.partition("/")
    if not slash:
        return f"docker.io/library/{name}"
    return name if "." in first or ":" in first or first == "localhost" else f"docker.io/{name}"

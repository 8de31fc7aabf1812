"""A scanner by other authors, and what it finds in texts of manifests, remembered by their content."""

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from quadrant_platform.host.files import write_atomically
from quadrant_platform.host.locks import locked

ROOT = Path(__file__).parents[3]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quadrant"
BIN = CACHE / "bin"


class Found(NamedTuple):
    """A finding: the rule, the object (without namespace where the scanner omits it) and its message."""

    rule: str
    kind: str
    namespace: str
    name: str
    text: str = ""

    @property
    def place(self) -> str:
        """The object, as exemptions name it."""
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True)
class Scanner:
    """A program that judges files. `scan` gets files of manifests, each to be judged by itself.

    `need` begins the reason of a test that is skipped for want of the program; `title` is for tables.
    """

    name: str
    program: Path
    need: str
    title: str
    version: Callable[[], str]
    scan: Callable[[Path, Sequence[Path]], Mapping[Path, Sequence[Found]]]

    @property
    def missing(self) -> str:
        """Why the program cannot run here; empty if it can."""
        return "" if self.program.exists() else f"needs {self.need}: {self.name} is not there, run `make incumbents`"

    def judge(self, texts: Mapping[str, str]) -> dict[str, list[Found]]:
        """Return what it finds in each text; only texts that it has not judged before are given to it."""
        kept = {name: CACHE / "scans" / f"{self.name}-{self._key(text)}.json" for name, text in texts.items()}
        with locked(CACHE / "scans" / f"{self.name}.lock", list):
            unknown = {name: text for name, text in texts.items() if not kept[name].exists()}
            for name, found in self._scan(unknown).items() if unknown else ():
                write_atomically(kept[name], json.dumps(sorted(found)))
        return {name: [Found(*row) for row in json.loads(file.read_text())] for name, file in kept.items()}

    def _key(self, text: str) -> str:
        source = inspect.getsource(inspect.getmodule(self.scan) or type(self))
        return hashlib.sha256("\0".join((self.version(), source, text)).encode()).hexdigest()[:32]

    def _scan(self, texts: Mapping[str, str]) -> dict[str, Sequence[Found]]:
        with TemporaryDirectory() as folder:
            files = {name: Path(folder, f"{number}.yaml") for number, name in enumerate(texts)}
            for name, file in files.items():
                file.write_text(texts[name], encoding="utf-8")
            found = self.scan(self.program, list(files.values()))
        return {name: found[file] for name, file in files.items()}


def installed(name: str) -> tuple[Path, str]:
    """Return a program that `make incumbents` builds, and its version, which its file's name ends with."""
    link = BIN / name
    return link, link.resolve().name.removeprefix(f"{name}-")

"""The documents that people write, and the files that they refer to."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.style.sources import ROOT

PROSE = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:\.ci|\.github|[a-z_]+)/[\w./-]*)`")
SOURCE = re.compile(r"[Ff]rom\s+`([^`]+)`")


def words(file: Path) -> str:
    """Return a document without its blocks of code."""
    return FENCED.sub("", file.read_text(encoding="utf-8"))


def links(file: Path) -> Iterator[Path]:
    """Yield the files to which a document links."""
    targets = (target for target in LINK.findall(words(file)) if "://" not in target)
    return (file.parent / target for target in targets)


def named(file: Path) -> Iterator[Path]:
    """Yield the files and folders of the repository that a document names in code."""
    found = (ROOT / name for name in NAMED.findall(words(file)))
    return (path for path in found if (ROOT / path.relative_to(ROOT).parts[0]).exists())


def excerpts(file: Path) -> Iterator[tuple[Path, str]]:
    """Yield source and text of each excerpt: a block of code whose sentence before it reads "From `path`, …:"."""
    text = file.read_text(encoding="utf-8")
    for block in FENCED.finditer(text):
        paragraph = text[: block.start()].rstrip().rpartition("\n\n")[2]
        sources = SOURCE.findall(paragraph)
        if sources and paragraph.endswith(":"):
            yield ROOT / sources[-1], block[1]

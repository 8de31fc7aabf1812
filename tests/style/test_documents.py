"""Files and links in the documents exist, and quotes agree with their files."""

from pathlib import Path

import pytest

from tests.style.documents import PROSE, excerpts, links, named
from tests.style.sources import ROOT, relative


@pytest.mark.parametrize("file", PROSE, ids=relative)
def test_a_document_links_only_to_what_exists(file: Path) -> None:
    missing = [str(target) for target in links(file) if not target.exists()]
    assert not missing, f"{relative(file)} links to {missing}"


@pytest.mark.parametrize("file", PROSE, ids=relative)
def test_a_document_names_only_files_that_exist(file: Path) -> None:
    missing = [relative(path) for path in named(file) if not path.exists()]
    assert not missing, f"{relative(file)} names {missing}: moved or removed"


@pytest.mark.parametrize("file", PROSE, ids=relative)
def test_a_document_quotes_files_as_they_are(file: Path) -> None:
    for source, text in excerpts(file):
        assert source.is_file(), f"{relative(file)} quotes {relative(source)}"
        assert text in source.read_text(encoding="utf-8"), f"{relative(source)} does not contain:\n{text}"


def test_the_glossary_is_in_order_and_defines_a_term_once() -> None:
    rows = [line.split("|")[1].strip() for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()[6:]]
    assert rows == sorted(set(rows), key=str.lower), "a reader looks terms up by the alphabet"

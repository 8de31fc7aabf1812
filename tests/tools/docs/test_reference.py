"""Generated documents are written, compared and never left behind."""

from pathlib import Path

import pytest

from quadrant_platform.policies.pack import POLICIES
from quadrant_platform.program.recorder import record
from quadrant_platform.program.traffic import Traffic
from tests.commands.running import CONFIG, SAMPLE
from tools.docs import __main__ as docs
from tools.docs import reference
from tools.docs.__main__ import main
from tools.docs.policy_pages import pages


def test_a_document_that_is_missing_or_old_or_no_longer_made_is_a_difference(tmp_path: Path) -> None:
    expected = {"docs/topology/a.md": "1", "docs/topology/b.md": "2"}
    assert reference.write(tmp_path, expected) == sorted(expected), "both are missing at first"
    assert reference.differences(tmp_path, expected) == [], "and then they are there"
    (tmp_path / "docs/topology/a.md").write_text("edited", encoding="utf-8")
    (tmp_path / "docs/topology/left.md").write_text("of a removed system", encoding="utf-8")
    assert reference.differences(tmp_path, expected) == ["docs/topology/a.md", "docs/topology/left.md"], (
        "an edit and a leftover are both found"
    )
    reference.write(tmp_path, expected)
    assert not (tmp_path / "docs/topology/left.md").exists(), "a page without a source misleads"


def test_the_check_is_an_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "documents", lambda: {"docs/topology/a.md": "1"})
    with pytest.raises(SystemExit, match="1"):
        main(["--check"])
    main([])
    main(["--check"])


def test_wrong_usage_of_the_generator_is_bad_input() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--nonsense"])


def test_a_matrix_is_a_table_of_all_rows() -> None:
    table = reference._matrix(Traffic(record(CONFIG, "dev", SAMPLE).manifests()))
    assert "| sample-frontend/web | sample-backend/api | 8080/TCP | pages ask for data |  |" in table, (
        "a row is a line with its reason"
    )
    assert table.count("resolves names") == 4, "implied rows are there too"
    assert "| internet | 0.0.0.0/0 without 10.0.0.0/8 |" in table, "addresses are written out"


def test_every_policy_has_a_page_and_both_models_a_schema() -> None:
    written = dict([*reference._schemas(), *pages()])
    assert {policy.url for policy in POLICIES.values()} <= written.keys(), "a violation links there"
    assert {"docs/reference/system.schema.json", "docs/reference/environment.schema.json"} <= written.keys(), (
        "editors complete and check a system's file with it"
    )

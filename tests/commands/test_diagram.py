"""A diagram can be read: segments, workloads, one arrow a pair."""

from pathlib import Path

import pytest

from quadrant_platform.program.drawing import Arrow, diagram, dot, mermaid
from quadrant_platform.program.recorder import record
from quadrant_platform.program.traffic import Traffic
from tests.commands.running import CONFIG, SAMPLE, STACK, Runner

WEB, API = "sample-frontend/web", "sample-backend/api"


@pytest.fixture(scope="module")
def traffic() -> Traffic:
    return Traffic(record(CONFIG, "dev", SAMPLE).manifests())


def test_segments_are_clusters_and_outside_peers_are_apart(traffic: Traffic) -> None:
    drawn = diagram(traffic)
    assert drawn.clusters == {"": ["internet"], "frontend": [WEB], "backend": [API]}, "in the order of the segments"


def test_rows_of_all_workloads_are_left_out(traffic: Traffic) -> None:
    arrows = diagram(traffic).arrows
    assert arrows == [Arrow("internet", WEB, "8080", faint=False), Arrow(WEB, API, "8080", faint=False)], (
        "name resolution would tie everybody to one node"
    )


def test_a_pair_has_one_arrow_with_all_its_ports(traffic: Traffic) -> None:
    more = Traffic.__new__(Traffic)
    more.__dict__.update(traffic.__dict__)
    more.rows = [*traffic.rows, {**traffic.rows[0], "port": 443}, {**traffic.rows[0], "protocol": "UDP"}]
    assert [arrow.label for arrow in diagram(more).arrows] == ["443, 8080, 8080/udp", "8080"], (
        "one arrow holds every port, by number"
    )


def test_machinery_is_drawn_faintly(traffic: Traffic) -> None:
    more = Traffic.__new__(Traffic)
    more.__dict__.update(traffic.__dict__)
    more.rows = [{**traffic.rows[0], "implied": "operator"}]
    drawn = diagram(more)
    assert [arrow.faint for arrow in drawn.arrows] == [True], "replication and operators are no traffic of users"
    assert "-. 8080 .->" in mermaid(drawn), "Mermaid draws it dotted"
    assert "style=dashed" in dot(drawn), "Graphviz draws it dashed"


def test_the_heading_has_the_title_of_the_system(traffic: Traffic) -> None:
    drawn = diagram(traffic, 'The "sample"')
    assert 'title: "sample dev: The \\"sample\\""' in mermaid(drawn), "Mermaid reads a quoted text"
    assert 'label="sample dev: The \\"sample\\""' in dot(drawn), "so does Graphviz"


def test_both_languages_run_from_left_to_right_and_colour_segments(traffic: Traffic) -> None:
    drawn = diagram(traffic)
    chart, graph = mermaid(drawn), dot(drawn)
    assert chart.startswith('```mermaid\n---\ntitle: "sample dev"\n---\nflowchart LR\n'), (
        "the fence makes a Markdown page draw it"
    )
    assert chart.endswith("```\n"), "a fence that is not closed swallows the page"
    assert "rankdir=LR" in graph, "both read in the direction of opening"
    assert "#dbeafe" in chart, "the frontend has its colour"
    assert "#dbeafe" in graph, "the same colour in both languages"


@pytest.mark.usefixtures("sample")
def test_a_markdown_file_needs_no_tool(quadrant: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = quadrant("diagram", *STACK, "--out", tmp_path / "topology.md")
    assert result.code == 0, result.err
    assert "web" in (tmp_path / "topology.md").read_text(encoding="utf-8"), "the workloads are in the picture"


@pytest.mark.usefixtures("sample")
def test_a_picture_is_drawn_by_graphviz(quadrant: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "dot"
    fake.write_text('#!/bin/sh\n[ "$1" = -Tsvg ] && echo "<svg/>" && cat\n', encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert quadrant("diagram", *STACK, "--out", tmp_path / "t.svg").code == 0, "a working Graphviz is enough"
    assert (tmp_path / "t.svg").read_text(encoding="utf-8").startswith("<svg/>\ndigraph {"), (
        "the file is what Graphviz answered"
    )


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(("name", "remedy"), [("t.svg", "install graphviz"), ("t.png", ".svg"), ("no/t.md", "name")])
def test_what_cannot_be_drawn_is_bad_input_with_a_remedy(
    quadrant: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, remedy: str
) -> None:
    monkeypatch.setenv("PATH", "")
    result = quadrant("diagram", *STACK, "--out", tmp_path / name)
    assert (result.code, remedy in result.err) == (2, True), result.err

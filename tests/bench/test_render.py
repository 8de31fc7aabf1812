"""The measurement of rendering runs the command that users run."""

from pathlib import Path

from bench.render import rendered


def test_a_measured_run_renders_the_stack(tmp_path: Path) -> None:
    seconds, memory = rendered("motovault", "dev", tmp_path / "out")
    assert seconds > 0, "a run takes time"
    assert memory > 2**20, "and memory"
    assert any((tmp_path / "out").iterdir()), "a figure without files would measure a failure"

"""Running the command line on the sample platform, in this process."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from quadrant_platform.commands.cli import main
from quadrant_platform.program import stacks
from quadrant_platform.program.recorder import Recording, record

SAMPLE = Path(__file__).parents[1] / "program" / "sample" / "__main__.py"
CONFIG = {"quadrant:system": "sample", "quadrant:environment": "dev"}
STACK = ("--system", "agents", "--stack", "dev")
"""Names a stack that exists; the sample is recorded in its place."""


class Result(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


Runner = Callable[..., Result]


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every stack be the sample."""

    def recorded(_config: Mapping[str, str], _stack: str, **options: Any) -> Recording:
        return record(CONFIG, "dev", SAMPLE, **options)

    monkeypatch.setattr(stacks, "record", recorded)


@pytest.fixture
def quadrant(capsys: pytest.CaptureFixture[str]) -> Runner:
    """Run a command and return its exit code and output."""

    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        code = left.value.code
        return Result(code if isinstance(code, int) else 0, out, err)

    return run

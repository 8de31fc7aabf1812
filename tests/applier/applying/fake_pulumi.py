"""A pulumi that writes down how it is called, and ends as a test wants."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """#!/bin/sh
echo "$*" >> {folder}/calls
echo "$PULUMI_BACKEND_URL $PULUMI_CONFIG_PASSPHRASE_FILE past=$NO_PROXY" >> {folder}/surroundings
for word in $*; do
  [ ! -e {folder}/$word.err ] || {{ cat {folder}/$word.err >&2; exit 255; }}
done
case "$*" in
  *" stack export "*) cat {folder}/state.json;;
  *" stack import "*) for last; do [ ! -f "$last" ] || cp "$last" {folder}/state.json; done;;
esac
"""


class FakePulumi:
    """What a test sees and does beside pulumi."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "pulumi"
        self.program.write_text(SCRIPT.format(folder=folder), encoding="utf-8")
        self.program.chmod(0o755)
        self.holds([])

    def holds(self, resources: list[dict[str, Any]], pending: Sequence[dict[str, Any]] = ()) -> None:
        """Let the state of every stack be this."""
        deployment = {"manifest": {}, "resources": resources, "pending_operations": list(pending)}
        (self.folder / "state.json").write_text(json.dumps({"version": 3, "deployment": deployment}))

    def state(self) -> dict[str, Any]:
        """The state."""
        found: dict[str, Any] = json.loads((self.folder / "state.json").read_text())["deployment"]
        return found

    def fails(self, word: str, complaint: str) -> None:
        """Let every call with a word fail with a complaint."""
        (self.folder / f"{word}.err").write_text(complaint, encoding="utf-8")

    def calls(self) -> list[str]:
        """The calls until now."""
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []

    def surroundings(self) -> str:
        """The variables of the last call."""
        return (self.folder / "surroundings").read_text().splitlines()[-1]


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    """A machine with a pulumi, on which nobody has logged in."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    return FakePulumi(tmp_path)

"""Containers without a runtime: real programs under the rendered scripts, each with its places in a directory."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from quadrant_platform.components.builders.workload import SCRIPTS

SECONDS = 60


class SecretVolume:
    """A directory of files as the kubelet writes it: files are links through `..data`, which a change swaps."""

    def __init__(self, root: Path) -> None:
        self.root, self._writes = root, 0
        root.mkdir()

    def write(self, files: Mapping[str, str]) -> None:
        """Let the Secret have these values."""
        self._writes += 1
        fresh = self.root / f"..{self._writes}"
        fresh.mkdir()
        for name, text in files.items():
            (fresh / name).write_text(text)
            link = self.root / name
            if not link.is_symlink():
                link.symlink_to(f"..data/{name}")
        (self.root / "..data_tmp").symlink_to(fresh.name)
        (self.root / "..data_tmp").rename(self.root / "..data")


class Container:
    """One container: its volumes outlive its processes, as those of a pod outlive a restart."""

    def __init__(self, root: Path, places: Mapping[str, str], texts: Mapping[str, str] | None = None) -> None:
        """Take the folders in `root` by the paths that scripts use, and what else their text has to have otherwise."""
        self.root = root
        folders = {path: str(root / folder) for path, folder in places.items()} | {"/scripts": str(root / "scripts")}
        self._texts = folders | dict(texts or {})
        for folder in folders.values():
            Path(folder).mkdir(parents=True, exist_ok=True)
        for script in SCRIPTS.glob("*.sh"):
            (root / "scripts" / script.name).write_text(self.here(script.read_text()))
        self.process: subprocess.Popen[bytes] | None = None

    def here(self, text: str) -> str:
        """Return a text with this container's places."""
        for path in sorted(self._texts, key=len, reverse=True):
            text = text.replace(path, self._texts[path])
        return text

    def start(self, command: list[str], user: str | None = None, before: tuple[str, ...] = ()) -> None:
        """Start the container's first process; `before` are words that lead into its namespaces."""
        with (self.root / "log").open("ab") as log:
            words = [*before, *(self.here(word) for word in command)]
            self.process = subprocess.Popen(
                words, user=user, cwd=self.root, stdout=log, stderr=log, start_new_session=True
            )

    def run(self, command: list[str], before: tuple[str, ...] = ()) -> int:
        """Run a command in the container, as a probe does, and return its verdict."""
        words = [*before, *(self.here(word) for word in command)]
        return subprocess.run(words, capture_output=True, check=False, timeout=SECONDS).returncode

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the first process, then all that it started, as the end of a container does."""
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(SECONDS)
        kill_group(self.process.pid)
        self.process = None

    @property
    def log(self) -> str:
        """What the processes said."""
        return (self.root / "log").read_text(errors="replace")


def kill_group(leader: int) -> None:
    """Kill what is left of a session."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def eventually(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s not so: {what}"
        time.sleep(0.2)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port

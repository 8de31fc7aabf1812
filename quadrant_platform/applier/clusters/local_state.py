"""What Quadrant keeps on this machine between two runs: nothing that a cluster holds, and no value of a Secret."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem


def folder() -> Path:
    """Return the folder of the user's state, made when it is first asked for."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    path = Path(base) / "quadrant"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def kind_kubeconfig() -> Path:
    """Return where kind writes how its cluster is reached."""
    return folder() / "kind.kubeconfig"


def authority_file(system: str, cluster: str) -> Path:
    """Return where curl reads the certificate of the authority of a system's entry in one of several clusters."""
    return folder() / f"{system}.{cluster}.crt"


def passphrase_file() -> Path:
    """Return the file of the passphrase that encrypts pulumi's local state; written once, for the user alone."""
    path = folder() / "passphrase"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    return path


@contextmanager
def system_lock(system: str) -> Iterator[None]:
    """Hold a system's lock; BadInput while another command of this machine changes the same system."""
    with (folder() / f"{system}.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            what = f"another command is changing {system} right now"
            raise BadInput([Problem((), what, "wait until it has ended")]) from None
        yield


@contextmanager
def membership_lock(cluster: str, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a cluster of ours while it is noted or decided who is in it; waits for another command that does."""
    with (folder() / f".{cluster}.stacks.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another command that is changing the {cluster}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stacks(cluster: str) -> dict[str, str]:
    """Return what was brought up in a cluster of ours, or began to be: stages by system."""
    return {file.stem.removesuffix(f".{cluster}"): file.read_text("utf-8") for file in _notes(cluster)}


def note(cluster: str, system: str, stage: str) -> None:
    """Write down that a system is being brought up in a cluster of ours."""
    (folder() / f"{system}.{cluster}.stack").write_text(stage, "utf-8")


def forget(cluster: str, system: str | None = None) -> None:
    """Take back what was noted of a system, of all where none is named."""
    for file in _notes(cluster, system or "*"):
        file.unlink(missing_ok=True)


def _notes(cluster: str, system: str = "*") -> list[Path]:
    return list(folder().glob(f"{system}.{cluster}.stack"))

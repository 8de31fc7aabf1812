"""Files that Quadrant keeps on this machine between two runs, without any value of a Secret."""

import os
import secrets
from contextlib import AbstractContextManager
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.locks import locked
from quadrant_platform.host.progress import Say


def folder() -> Path:
    """Return the folder of the user's state, made on first use."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    path = Path(base) / "quadrant"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def kind_kubeconfig() -> Path:
    """Return the kubeconfig that kind writes."""
    return folder() / "kind.kubeconfig"


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


def installation_lock(installation: str) -> AbstractContextManager[object]:
    """Hold an installation's lock; BadInput while another command of this machine changes the same one."""

    def refuse() -> None:
        what = f"another command is changing {installation} right now"
        raise BadInput([Problem((), what, "wait until it has ended")])

    return locked(folder() / f"{installation}.lock", refuse)


def membership_lock(cluster: str, say: Say) -> AbstractContextManager[object]:
    """Hold the list of the installations in a local cluster while it is read and changed; waits for another holder."""
    waiting = f"waiting for another command that is changing the {cluster}"
    return locked(folder() / f".{cluster}.stacks.lock", lambda: say(waiting))


def stacks(cluster: str) -> dict[str, str]:
    """Return the installations that are up in a local cluster, or began to: by name, the options of their commands."""
    return {file.stem.removesuffix(f".{cluster}"): file.read_text("utf-8") for file in _notes(cluster)}


def note(cluster: str, installation: str, options: str) -> None:
    """Add an installation to the list of a local cluster, with the options by which commands find its stack."""
    (folder() / f"{installation}.{cluster}.stack").write_text(options, "utf-8")


def forget(cluster: str, installation: str | None = None) -> None:
    """Remove an installation, or all of them, from the list of a local cluster."""
    for file in _notes(cluster, installation or "*"):
        file.unlink(missing_ok=True)


def last_cluster(stack: str) -> tuple[str, str, str] | None:
    """Return the cluster to which kubectl applied a stack last: its UID, the kubeconfig and the context."""
    file = _last_cluster(stack)
    if not file.exists():
        return None
    uid, kubeconfig, context = file.read_text("utf-8").splitlines()
    return uid, kubeconfig, context


def note_last_cluster(stack: str, uid: str, kubeconfig: Path, context: str) -> None:
    """Keep the cluster to which kubectl applies a stack."""
    _last_cluster(stack).write_text(f"{uid}\n{kubeconfig}\n{context}\n", "utf-8")


def forget_last_cluster(stack: str) -> None:
    """Drop the note of a stack's last cluster."""
    _last_cluster(stack).unlink(missing_ok=True)


def _last_cluster(stack: str) -> Path:
    return folder() / f"{stack}.last-cluster"


def _notes(cluster: str, installation: str = "*") -> list[Path]:
    return list(folder().glob(f"{installation}.{cluster}.stack"))

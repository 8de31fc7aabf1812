"""What pulumi complains of before it changes anything, as problems with a remedy."""

import re
from collections.abc import Collection
from typing import NoReturn

from quadrant_platform.applier.applying import state_backend
from quadrant_platform.documents.problems import BadInput, Problem

_KNOWN = (
    (
        r"incorrect passphrase",
        "the passphrase does not open the state of {stack}",
        "set {PASSPHRASE} or {PASSPHRASE_FILE} to the one with which the stack was made",
    ),
    (
        r"passphrase must be set",
        "the state of {stack} is encrypted with a passphrase, and none is given",
        "set {PASSPHRASE} or {PASSPHRASE_FILE}",
    ),
    (
        r"is currently locked by",
        "another run of pulumi holds the lock of {stack}, or one that was killed left it behind",
        "wait for it; if it is gone, `{cancel}` removes the lock",
    ),
    (
        r"unsupported checkpoint version|needs support for the following features|not supported by this version of",
        "the state of {stack} was written by a newer version of pulumi than the one on PATH",
        "install that version; an older one would lose what it does not know",
    ),
    (
        r"not logged in|PULUMI_ACCESS_TOKEN must be set|invalid access token|Unauthorized.*token",
        "the backend of the state does not know this user",
        "run `pulumi login`, or correct PULUMI_ACCESS_TOKEN",
    ),
)
"""By a pattern of pulumi's words before it begins: what they mean of a stack, and the remedy."""
_SILENT = (
    "the backend that keeps the state of {stack} does not answer",
    "correct {URL}, `backend.url` in Pulumi.yaml or `pulumi login`, or start it",
)


def check(complaints: Collection[str], stack: str) -> None:
    """Raise BadInput where pulumi could not begin: it may not read the state of a stack, or change it."""
    text = "\n".join(complaints)
    known = next((rest for pattern, *rest in _KNOWN if re.search(pattern, text)), None)
    if known:
        raise _problems(complaints, stack, *known)


def refuse(complaints: Collection[str], stack: str) -> NoReturn:
    """Raise BadInput where pulumi could not reach the state of a stack."""
    check(complaints, stack)
    raise _problems(complaints, stack, *_SILENT)


def _problems(complaints: Collection[str], stack: str, what: str, remedy: str) -> BadInput:
    variables = {key: getattr(state_backend, key) for key in ("URL", "PASSPHRASE", "PASSPHRASE_FILE")}
    names = {"stack": stack, "cancel": state_backend.by_hand("cancel", "--stack", stack), **variables}
    means = Problem((), what.format(**names), f"{remedy.format(**names)}; nothing was changed")
    return BadInput([Problem((), _error(complaints)), means])


def _error(complaints: Collection[str]) -> str:
    """Return pulumi's own words, from its error on."""
    lines = [line for line in complaints if line.strip()]
    start = next((number for number, line in enumerate(lines) if line.startswith("error:")), 0)
    return "\n".join(lines[start:]).removeprefix("error: ") or "pulumi gave no reason"

"""Output: results to stdout, everything else to stderr."""

import contextlib
import json
import re
import sys
import threading
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from typing import IO, Any

from rich.console import Console, RenderableType

from quadrant_platform.documents.problems import on_one_line
from quadrant_platform.host.interrupts import as_interrupts

PATIENCE = 1.0
"""Seconds before a progress line appears."""
_PIPED_WIDTH = 200
_UNSAFE = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that JSON leaves as they are, and a terminal or an encoder does not."""


class ExitCode(IntEnum):
    """Exit codes; usage errors are bad input too."""

    GOOD = 0
    FOUND = 1
    BAD_INPUT = 2
    INTERNAL = 3
    INTERRUPTED = 130


class Format(StrEnum):
    """The format of a result."""

    TEXT = "text"
    JSON = "json"


def _printable(text: str) -> str:
    """Return lines whose control characters are written out, tabs excepted."""
    return "\n".join("\t".join(map(on_one_line, line.split("\t"))) for line in text.split("\n"))


def _console(stream: IO[str]) -> Console:
    """Return a console of the stream as it is now; lines are folded on a terminal only."""
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def show(result: RenderableType) -> None:
    """Write a result for people to stdout."""
    _console(sys.stdout).print(result)


def show_lines(text: str) -> None:
    """Write lines to stdout, without folding them."""
    _console(sys.stdout).print(_printable(text), soft_wrap=True)


def show_json(result: Any) -> None:
    """Write a result for programs to stdout."""
    text = json.dumps(result, indent=2, ensure_ascii=False)
    sys.stdout.write(_UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")


def say(message: str) -> None:
    """Write a line to stderr."""
    _console(sys.stderr).print(_printable(message), soft_wrap=True)


def complain(message: str) -> None:
    """Write an error to stderr."""
    _console(sys.stderr).print(_printable(message), style="red", soft_wrap=True)


@contextlib.contextmanager
def progress(message: str) -> Iterator[None]:
    """Write a line of progress if the body takes longer than a moment."""
    timer = threading.Timer(PATIENCE, say, [f"{message} …"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def interruptible(command: str) -> Iterator[None]:
    """Exit on an interrupt, and write how to go on."""
    try:
        with as_interrupts():
            yield
    except KeyboardInterrupt:
        say(f"interrupted; `quadrant {command}` with the same options goes on from here")
        raise SystemExit(ExitCode.INTERRUPTED) from None

"""Steps of bringing a cluster up: each begins as soon as those that it needs are done."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue

from quadrant_platform.lab.build import children
from quadrant_platform.lab.build.artifacts import Say
from quadrant_platform.lab.machine.home import Home


def _never(_: Home) -> bool:
    return False


@dataclass(frozen=True)
class Step:
    """One part of the cluster; done again, it changes nothing that is as it should be."""

    name: str
    needs: frozenset[str]
    do: Callable[[Home, Say], None]
    done: Callable[[Home], bool] = _never
    """Whether there is certainly nothing left to do; asked where that is much cheaper than doing it."""


def run(steps: Sequence[Step], home: Home, say: Say) -> None:
    """Do all steps, side by side where they do not need each other; the first error, or an interrupt, ends all.

    Commands that still run are ended and waited for. Threads then end with the process: every step goes on from
    wherever a kill left it.
    """
    with children.together(say):
        _run(steps, home, say)


def _run(steps: Sequence[Step], home: Home, say: Say) -> None:
    waiting = {step.name: step for step in steps}
    ended: SimpleQueue[tuple[str, BaseException | None]] = SimpleQueue()
    finished: set[str] = set()
    while len(finished) < len(steps):
        for step in [step for step in waiting.values() if step.needs <= finished]:
            del waiting[step.name]
            work = partial(copy_context().run, _attempt, step, home, say, ended)
            threading.Thread(target=work, daemon=True).start()
        name, error = ended.get()
        if error is not None:
            raise error
        finished.add(name)


def _attempt(step: Step, home: Home, say: Say, ended: SimpleQueue[tuple[str, BaseException | None]]) -> None:
    with suppress(BaseException):  # the thread that waits raises it
        try:
            if not step.done(home):
                say(step.name)
                step.do(home, say)
        finally:
            ended.put((step.name, sys.exc_info()[1]))

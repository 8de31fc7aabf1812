"""Steps that start a cluster: each begins as soon as those that it needs are done."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from queue import SimpleQueue

from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import children
from quadrant_platform.lab.machine.home import Home

Ended = SimpleQueue[tuple[str, BaseException | None]]


def _never(_: Home) -> bool:
    return False


@dataclass(frozen=True)
class Step:
    """One part of the cluster; done again, it changes nothing that is as it should be."""

    name: str
    needs: frozenset[str]
    do: Callable[[Home, Say], None]
    done: Callable[[Home], bool] = _never
    """Whether there is certainly nothing left to do; called where that is much cheaper than doing it."""


def run(steps: Sequence[Step], home: Home, say: Say) -> None:
    """Do all steps, side by side where they do not need each other; the first error, or an interrupt, ends all.

    Commands that still run are ended and waited for. Threads then end with the process: every step continues from
    wherever a kill left it. CycleError where steps need each other in a circle.
    """
    with children.together(say):
        _run({step.name: step for step in steps}, home, say)


def _run(steps: dict[str, Step], home: Home, say: Say) -> None:
    graph = TopologicalSorter({name: step.needs for name, step in steps.items()})
    graph.prepare()
    ended: Ended = SimpleQueue()
    while graph.is_active():
        for name in graph.get_ready():
            work = partial(copy_context().run, _attempt, steps[name], home, say, ended)
            threading.Thread(target=work, daemon=True).start()
        name, error = ended.get()
        if error is not None:
            raise error
        graph.done(name)


def _attempt(step: Step, home: Home, say: Say, ended: Ended) -> None:
    with suppress(BaseException):  # the thread that waits raises it
        try:
            if not step.done(home):
                say(step.name)
                step.do(home, say)
        finally:
            ended.put((step.name, sys.exc_info()[1]))

"""Where a program's facts come from: its cluster, a command that has read them, or nowhere in offline work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from quadrant_platform.host.interrupts import end_quietly
from quadrant_platform.preflight.facts import ClusterFacts

_given: ContextVar[tuple[ClusterFacts | None] | None] = ContextVar("given", default=None)


@contextmanager
def facts_given(facts: ClusterFacts | None) -> Iterator[None]:
    """Answer with some facts, or with none in offline work, instead of asking the cluster."""
    token = _given.set((facts,))
    try:
        yield
    finally:
        _given.reset(token)


def given_by_command() -> bool:
    """Return whether a command gave the facts, or none in offline work."""
    return _given.get() is not None


def leave_interrupts_to_engine() -> None:
    """Let an interrupt end a program that the engine runs; a command's own recording is interrupted as the command."""
    if not given_by_command():
        end_quietly()


def current_facts(ask: Callable[[], ClusterFacts]) -> ClusterFacts | None:
    """Return the facts that a command gave, else ask the cluster; None in offline work."""
    given = _given.get()
    return ask() if given is None else given[0]

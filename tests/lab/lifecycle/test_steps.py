"""Steps begin when those they need are done, and an error of one is the error of all."""

import threading
from collections.abc import Callable
from functools import partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.lifecycle import cluster
from quadrant_platform.lab.lifecycle.steps import Step, run
from quadrant_platform.lab.machine.home import Home

HOME = Home(Path("/nowhere"))


def step(name: str, *needs: str, do: Callable[[], object] = lambda: None, done: bool = False) -> Step:
    def work(_home: Home, _say: Say) -> None:
        do()

    return Step(name, frozenset(needs), work, lambda _home: done)


def test_a_step_waits_for_all_that_it_needs() -> None:
    order: list[str] = []
    steps = [step(name, *needs, do=partial(order.append, name)) for name, needs in NEEDS.items()]
    run(steps, HOME, lambda _line: None)
    assert sorted(order) == sorted(NEEDS), "every step is done once"
    for name, needs in NEEDS.items():
        assert all(order.index(need) < order.index(name) for need in needs), f"{name} uses what {needs} made"


NEEDS: dict[str, tuple[str, ...]] = {"last": ("left", "right"), "left": ("first",), "right": ("first",), "first": ()}


def test_steps_that_need_nothing_of_each_other_run_side_by_side() -> None:
    both = threading.Barrier(2)
    run([step(name, do=lambda: both.wait(10)) for name in "ab"], HOME, lambda _line: None)
    assert not both.broken, "each waits for the other to have begun: one after the other they would wait forever"


def test_a_failed_step_ends_the_run_with_its_error_and_nothing_follows() -> None:
    followed: list[str] = []

    def fail() -> None:
        raise BadInput([Problem(("etcd",), "ended by itself")])

    with pytest.raises(BadInput, match="etcd: ended by itself"):
        run([step("a", do=fail), step("b", "a", do=lambda: followed.append("b"))], HOME, lambda _line: None)
    assert not followed, "what needs the failed step has nothing to stand on"


def test_what_is_done_already_is_neither_done_nor_reported_again() -> None:
    lines, worked = list[str](), list[str]()
    run([step("a", do=lambda: worked.append("a"), done=True), step("b", "a")], HOME, lines.append)
    assert not worked, "the check finds nothing to do"
    assert lines == ["b"], "progress names what really happens"


def test_steps_that_need_each_other_in_a_circle_are_refused() -> None:
    with pytest.raises(CycleError, match="cycle"):
        run([step("a", "b"), step("b", "a")], HOME, lambda _line: None)


def test_the_clusters_own_steps_can_all_be_reached() -> None:
    names = [one.name for one in cluster.STEPS]
    assert len(set(names)) == len(names), "a step is identified by its name"
    order = TopologicalSorter({one.name: one.needs for one in cluster.STEPS}).static_order()
    assert {*order} == {*names}, "every need is a step, and no circle keeps one from its turn"

"""Demand: what the pods of a namespace may ask for at most, with all copies of autoscalers and those of a release."""

from collections.abc import Iterable
from math import ceil
from typing import Any, NamedTuple, Self

from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.service import HELPER, Size

HELPERS = 2
"""At most so many containers run beside the main one."""
SURGE = 4
"""One more pod for each so many copies: Kubernetes' own default, and never less than one."""


class Demand(NamedTuple):
    """Pods, and the sums of what they ask for: millicores and bytes."""

    pods: int = 0
    requested: tuple[int, int] = (0, 0)
    limited: tuple[int, int] = (0, 0)

    def plus(self, other: Self) -> Self:
        """Return the demand of both."""
        return type(self)(
            self.pods + other.pods, _sum(self.requested, other.requested), _sum(self.limited, other.limited)
        )


def demand(workloads: Iterable[Planned[Any]]) -> Demand:
    """Return what all pods of some workloads ask for together; a finished run of a job counts no more."""
    total = Demand()
    for one in workloads:
        pods = one.most_copies + ceil(one.most_copies / SURGE)
        main, helper = one.requests(one.limits), one.requests(HELPER)
        total = total.plus(Demand(pods, _pods(pods, main, helper), _pods(pods, one.limits, HELPER)))
    return total


def _pods(count: int, main: Size, helper: Size) -> tuple[int, int]:
    millicores = main.cpu.millicores + HELPERS * helper.cpu.millicores
    return count * millicores, count * (main.memory.number + HELPERS * helper.memory.number)


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]

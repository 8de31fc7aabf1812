"""Policies: judging recorded objects directly, and the pack's price under the engine.

`python -m bench.policies` prints the time for 500 objects, the share of judging in a preview, and the cost of the
pack under the SDK against as many policies that do nothing: each the median of several runs in one process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import islice
from typing import Any

import pulumi_policy as sdk
from pulumi.runtime import proto
from pulumi_policy.policy import _PolicyAnalyzerServicer

from quadrant_platform.commands.check import violations
from quadrant_platform.model.loader import systems
from quadrant_platform.policies.crossguard.binding import sdk_policies
from quadrant_platform.policies.pack import Object
from quadrant_platform.program.recorder import Recorded
from quadrant_platform.program.stacks import recorded
from quadrant_platform.program.traffic import Traffic
from quadrant_platform.reachability import prove

# These packages carry no types.
json_format: Any = import_module("google.protobuf.json_format")
struct_pb2: Any = import_module("google.protobuf.struct_pb2")

OBJECTS, RUNS = 500, 5
SECONDS, SHARE, PRICE = 2.5, 0.25, 1.3


def manifests(system: str, stack: str) -> list[Recorded]:
    """Return what a stack registers as manifests."""
    return [one for one in recorded(system, stack).resources if one.is_manifest]


def judge(resources: Iterable[Recorded]) -> None:
    """Judge recorded objects as `check` and `preview` do."""
    violations([Object(one.inputs, urn=one.urn) for one in resources])


def spent(run: Callable[[], object]) -> float:
    """Return the seconds of this process that one call takes."""
    start = time.process_time()
    run()
    return time.process_time() - start


def preview_share(system: str, stack: str) -> float:
    """Return the share of judging in what a preview does: it records, judges and proves."""
    resources = manifests(system, stack)
    proof = recorded(system, stack).manifests()
    rest = spent(lambda: recorded(system, stack)) + spent(lambda: prove(proof, Traffic(proof).matrix))
    judging = spent(lambda: judge(resources))
    return judging / (judging + rest)


def idle(policy: sdk.Policy) -> sdk.Policy:
    """Return a policy of the same sort that does nothing."""
    sort = sdk.ResourceValidationPolicy if isinstance(policy, sdk.ResourceValidationPolicy) else None
    return (sort or sdk.StackValidationPolicy)(policy.name, policy.description, lambda *_: None)


class Engine:
    """The SDK's server with some policies, and the calls that an update makes."""

    def __init__(self, policies: list[sdk.Policy], resources: list[Recorded]) -> None:
        self._server: Any = _PolicyAnalyzerServicer("bench", "0.1.0", policies, sdk.EnforcementLevel.MANDATORY)
        fields = [
            {"type": one.type, "urn": one.urn, "name": one.name, "properties": _struct(one.inputs)} for one in resources
        ]
        self._single = [proto.AnalyzeRequest(**each) for each in fields]
        self._stack = proto.AnalyzeStackRequest(resources=[proto.AnalyzerResource(**each) for each in fields])

    def update(self) -> None:
        """Analyse every resource, then the stack."""
        for request in self._single:
            self._server.Analyze(request, None)
        self._server.AnalyzeStack(self._stack, None)


def _struct(properties: dict[str, Any]) -> Any:
    return json_format.ParseDict(properties, struct_pb2.Struct())


def price(system: str, stack: str) -> tuple[int, float]:
    """Return how many policies the engine runs, and their cost against as many that do nothing."""
    policies, resources = sdk_policies(), manifests(system, stack)
    ours, nothing = Engine(policies, resources), Engine([idle(policy) for policy in policies], resources)
    return len(policies), statistics.median(spent(ours.update) / spent(nothing.update) for _ in range(RUNS))


def main(system: str = "motovault", stack: str = "prod") -> bool:
    """Print the figures; tell whether they are within their bounds."""
    many = list(islice((one for name in systems() for one in manifests(name, stack)), OBJECTS))
    judge(many)
    seconds = statistics.median(spent(lambda: judge(many)) for _ in range(RUNS))
    share = statistics.median(preview_share(system, stack) for _ in range(RUNS))
    count, cost = price(system, stack)
    print(f"{len(many)} objects judged in {seconds:.2f} s of processor time (bound {SECONDS})")
    print(f"{system} {stack}: judging is {share:.0%} of the preview (bound {SHARE:.0%})")
    print(f"{system} {stack}: {count} policies under the engine / as many empty ones: {cost:.2f} (bound {PRICE})")
    return len(many) == OBJECTS and seconds <= SECONDS and share <= SHARE and cost <= PRICE


if __name__ == "__main__":
    raise SystemExit(not main())

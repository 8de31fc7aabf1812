"""The shop: a small system with one of everything, planned and registered as the tests of components need it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pulumi.runtime import rpc
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest, RegisterResourceResponse
from typing_extensions import override

from quadrant_platform.components.base.component import Args, BuildContext
from quadrant_platform.components.network.segments import Segments
from quadrant_platform.model.expansion.edge import PlannedEdge
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.environment import PRESETS, Environment, merged
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Stage
from quadrant_platform.program.recorder import PROJECT, Monitor, Recorded, Values, placeholders
from quadrant_platform.program.runtime import execute

Manifest = dict[str, Any]
Changes = Mapping[str, Any]
Inputs = TypeVar("Inputs")

OPEN_CLUSTER: Changes = {"network": {"apiServer": {"cidrs": ["10.96.0.1/32"]}}}


@cache
def document() -> dict[str, Any]:
    """The shop in wire form; a change belongs into a copy."""
    read: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "shop.yaml").read_text(encoding="utf-8"))
    return read


def shop(changes: Changes | None = None) -> System:
    """The shop with changes laid over it; a change to a list replaces the list."""
    return System.model_validate(merged(document(), dict(changes or {})))


def without(*keys: str) -> System:
    """The shop without some of its top-level keys, and without the flow table, which would name what is gone."""
    return System.model_validate({key: value for key, value in document().items() if key not in (*keys, "flows")})


def environment(stage: str = "dev", overrides: Changes | None = None) -> Environment:
    """A preset with overrides."""
    return Environment.model_validate(merged(PRESETS[Stage(stage)], dict(overrides or {})))


def planned(stage: str = "dev", changes: Changes | None = None, overrides: Changes | None = None) -> Plan:
    """The shop's plan."""
    return plan(shop(changes), environment(stage, overrides))


def args(inputs: Inputs) -> Args[Inputs]:
    """What a component is built from, where nothing else is."""
    return Args(BuildContext(), inputs)


def segmented(of: Plan, inputs: Inputs) -> Args[Inputs]:
    """What a component is built from inside the segments of a plan."""
    return Args(Segments("segments", args(of)).context, inputs)


def planned_workload(stage: str = "dev", name: str = "api", **overrides: object) -> Planned[Any]:
    """A planned workload of the shop."""
    [found] = [one for one in planned(stage, overrides=overrides).workloads() if one.name == name]
    return found


def entry(of: Plan) -> PlannedEdge:
    """The public entry of a plan that has one."""
    assert of.edge, "the system has routes"
    return of.edge


def endpoint(of: Plan, name: str) -> Endpoint:
    """An endpoint by the name that flows use."""
    return of.topology.endpoints[name]


def flows(*added: Changes) -> Changes:
    """The change that adds rows to the flow table."""
    return {"flows": [*document()["flows"], *added]}


def kinds(manifests: Iterable[Manifest]) -> list[str]:
    """The kinds of some objects, in their order."""
    return [manifest["kind"] for manifest in manifests]


def one(manifests: Iterable[Manifest], kind: str, name: str | None = None) -> Manifest:
    """The only object of a kind, and of a name where it is given."""
    found = [m for m in manifests if m["kind"] == kind and name in (None, m["metadata"]["name"])]
    assert len(found) == 1, f"expected one {kind} {name or ''}, found {[m['metadata']['name'] for m in found]}"
    return found[0]


def pod_spec(workload: Manifest) -> Manifest:
    """The pod's specification inside a workload of any kind."""
    spec = workload["spec"]
    spec = spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec
    template: Manifest = spec["template"]["spec"]
    return template


def main_container(workload: Manifest) -> Manifest:
    """The first container of a workload."""
    container: Manifest = pod_spec(workload)["containers"][0]
    return container


class Witness(Monitor):
    """A recorder that also keeps the values that Secrets receive, which the recorder itself redacts."""

    def __init__(self, values: Values) -> None:
        super().__init__("test", values, unknown=False, reveal=False)
        self.secrets: dict[str, dict[str, str]] = {}

    @override
    def RegisterResource(self, request: RegisterResourceRequest) -> RegisterResourceResponse:
        if request.type == "kubernetes:core/v1:Secret":
            received = rpc.deserialize_properties(request.object, keep_unknowns=False)
            self.secrets[request.name] = _opened(received["stringData"])
        return super().RegisterResource(request)


def _opened(value: Any) -> Any:
    """Return a value out of the envelopes that mark it as secret."""
    if rpc.is_rpc_secret(value):
        return _opened(rpc.unwrap_rpc_secret(value))
    return {key: _opened(member) for key, member in value.items()} if isinstance(value, dict) else value


def witnessed(build: Callable[[], object], values: Values = placeholders) -> Witness:
    """What a function registers under the mock runtime."""
    monitor = Witness(values)
    execute(lambda: (build(), None)[1], monitor, {}, (PROJECT, "test"), False)
    return monitor


def registered(build: Callable[[], object]) -> list[Recorded]:
    """The resources that a function registers."""
    return witnessed(build).recorded


def matrix_of(of: Plan) -> dict[str, Any]:
    """The canonical matrix, read back."""
    document: dict[str, Any] = json.loads(of.matrix.canonical())
    return document

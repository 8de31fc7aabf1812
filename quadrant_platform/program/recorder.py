"""The recorder: the real program under Pulumi's mock runtime, without a cluster or the Pulumi executable."""

import contextlib
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest, RegisterResourceResponse
from typing_extensions import override

from quadrant_platform.host.checkout import ROOT
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.source import facts_given
from quadrant_platform.program.runtime import OfflineProvider, execute
from quadrant_platform.program.wire import plain, revealed_secret, secret, secret_manifest
from quadrant_platform.vocabulary import ENGINE_PREFIX, SECRETS_ANNOTATION

PROGRAM = ROOT / "__main__.py"
PROJECT = "quadrant"
PLACEHOLDER = "placeholder-of-the-recorder"
"""The random value of every run without another source."""

Values = Callable[[str, str], Mapping[str, str]]
"""Source of random values: returns the outputs of a random resource by its URN and name."""

_STACK = "pulumi:pulumi:Stack"
_SECRET = "kubernetes:core/v1:Secret"
_RANDOM_OUTPUTS = ("result", "bcryptHash", "base64", "hex", "b64Std", "b64Url", "dec")


def placeholders(_urn: str, _name: str) -> Mapping[str, str]:
    """Return the placeholder for every output."""
    return dict.fromkeys(_RANDOM_OUTPUTS, PLACEHOLDER)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One registered resource."""

    type: str
    name: str
    urn: str
    parent: str | None
    """URN of the component around it; None at the top."""
    dependencies: tuple[str, ...]
    inputs: dict[str, Any]
    kept: bool = False
    """Whether the engine refuses to delete it, and leaves it in the cluster where it is made to drop its record."""
    aliases: tuple[str, ...] = ()
    """The URNs under which an earlier program may have registered it."""

    @property
    def is_manifest(self) -> bool:
        """Whether the inputs are a Kubernetes object."""
        return self.type.startswith("kubernetes:") and "kind" in self.inputs and "apiVersion" in self.inputs


@dataclass(frozen=True, slots=True)
class Recording:
    """All resources that a program registered, in the order of registration."""

    project: str
    stack: str
    resources: tuple[Recorded, ...]
    revealed: bool = False
    """Whether Secrets carry their values."""

    def manifests(self) -> list[dict[str, Any]]:
        """Return the Kubernetes objects, without what only Pulumi's provider reads."""
        return [self._cleaned(resource.inputs) for resource in self.resources if resource.is_manifest]

    def _cleaned(self, manifest: dict[str, Any]) -> dict[str, Any]:
        found = _without(manifest, ENGINE_PREFIX)
        template = found.get("spec", {}).get("template", {})
        if self.revealed or "metadata" not in template:
            return found
        # Without values a fingerprint of them says nothing.
        return found | {"spec": found["spec"] | {"template": _without(template, SECRETS_ANNOTATION)}}


def _without(manifest: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return an object or a template without annotations that begin with a prefix."""
    metadata = manifest["metadata"]
    annotations: dict[str, str] = metadata.get("annotations", {})
    kept = {key: value for key, value in annotations.items() if not key.startswith(prefix)}
    if len(kept) == len(annotations):
        return manifest
    cleaned = {key: kept if key == "annotations" else value for key, value in metadata.items()}
    return manifest | {"metadata": {key: value for key, value in cleaned.items() if value}}


def record(
    config: Mapping[str, str],
    stack: str,
    program: Path = PROGRAM,
    *,
    values: Values = placeholders,
    unknown: bool = False,
    reveal: bool = False,
    facts: ClusterFacts | None = None,
) -> Recording:
    """Run a program and return the resources that it registers.

    With `unknown`, values that a provider computes (uid, status, random results) are unknown, as in a preview.
    With `reveal`, Secrets carry their values, only to be streamed to an API server. The program knows of its cluster
    what `facts` say, and asks none.
    Raises the program's own error. Changes directory and sys.path while it runs, so not for several threads.
    """
    monitor = Monitor(stack, values, unknown, reveal)
    with _project(program):
        execute(partial(_run, program, facts), monitor, dict(config), (PROJECT, stack), unknown)
    return Recording(PROJECT, stack, tuple(monitor.recorded), reveal)


def _run(program: Path, facts: ClusterFacts | None) -> None:
    with facts_given(facts):
        runpy.run_path(str(program), run_name="__main__")


@contextlib.contextmanager
def _project(program: Path) -> Iterator[None]:
    """Change to the program's directory and import from it, as the engine's language host does."""
    directory = program.resolve().parent
    path = sys.path
    with contextlib.chdir(directory):
        sys.path = [str(directory), *path]
        try:
            yield
        finally:
            sys.path = path


class Monitor(mocks.MockMonitor):
    """Keeps every registration in its wire form and answers with its inputs."""

    def __init__(self, stack: str, values: Values, unknown: bool, reveal: bool) -> None:
        super().__init__(OfflineProvider())
        self.stack, self.values, self.unknown = stack, values, unknown
        self.secret_inputs = revealed_secret if reveal else secret_manifest
        self.recorded: list[Recorded] = []

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the engine's URN, with the types of all components around the resource."""
        around = parent.split("::")[2] if parent else _STACK
        qualified = type_ if around == _STACK else f"{around}${type_}"
        return f"urn:pulumi:{self.stack}::{PROJECT}::{qualified}::{name}"

    @override
    def RegisterResource(self, request: RegisterResourceRequest) -> RegisterResourceResponse:
        """Record one resource."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK:
            return RegisterResourceResponse(urn=urn)
        parent = None if f"::{_STACK}::" in request.parent else request.parent or None
        inputs = (self.secret_inputs if request.type == _SECRET else plain)(request.object)
        dependencies = tuple(sorted(request.dependencies))
        kept, aliases = request.protect and request.retainOnDelete, tuple(self._aliases(request))
        self.recorded.append(Recorded(request.type, request.name, urn, parent, dependencies, inputs, kept, aliases))
        identity = "" if self.unknown or not request.custom else request.name
        return RegisterResourceResponse(urn=urn, id=identity, object=self._outputs(request, urn))

    def _aliases(self, request: RegisterResourceRequest) -> Iterator[str]:
        """Yield the URNs of a resource's aliases, which the engine makes of their parts."""
        for alias in request.aliases:
            spec = alias.spec
            yield alias.urn or self.make_urn(request.parent, spec.type or request.type, spec.name or request.name)

    def _outputs(self, request: RegisterResourceRequest, urn: str) -> Any:
        """Return the outputs that the provider adds; known inputs count as outputs without repetition."""
        outputs = type(request.object)()
        if self.unknown:
            outputs.CopyFrom(request.object)
        if request.type.startswith("random:"):
            outputs.update(self._random(request, urn))
        elif self.unknown and request.type.startswith("kubernetes:"):
            outputs.update({"status": rpc.UNKNOWN})
            outputs["metadata"]["uid"] = rpc.UNKNOWN
        return outputs

    def _random(self, request: RegisterResourceRequest, urn: str) -> dict[str, Any]:
        unknown = dict.fromkeys(_RANDOM_OUTPUTS, rpc.UNKNOWN)
        outputs = unknown if self.unknown else self.values(urn, request.name)
        hidden = frozenset(request.additionalSecretOutputs)
        return {name: secret(value) if name in hidden else value for name, value in outputs.items()}

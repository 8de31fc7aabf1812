"""The pack driven through the engine's own protocol, in this process."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.crossguard.binding import sdk_policies

# These packages carry no types.
json_format: Any = import_module("google.protobuf.json_format")
struct_pb2: Any = import_module("google.protobuf.struct_pb2")

_RULE = re.compile(r"^\[(?P<policy>[^/\]]+)(?:/(?P<check>[^\]]+))?\]", re.MULTILINE)


class Diagnostic(NamedTuple):
    """What the engine would print: the rule that is broken, how hard, and the text."""

    policy: str
    check: str
    mandatory: bool
    text: str
    urn: str


class Answer(NamedTuple):
    """The diagnostics, and the policies that do not apply."""

    diagnostics: tuple[Diagnostic, ...]
    not_applicable: frozenset[str]

    def __or__(self, other: Answer) -> Answer:
        return Answer(self.diagnostics + other.diagnostics, self.not_applicable | other.not_applicable)

    @property
    def rules(self) -> set[tuple[str, str]]:
        """The broken rules."""
        return {(one.policy, one.check) for one in self.diagnostics}


def token(manifest: Mapping[str, Any]) -> str:
    """Return the engine's type of a manifest."""
    version = manifest["apiVersion"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{manifest['kind']}"


_NARROW = "no-privileged"
PASSWORD = "random:index/randomPassword:RandomPassword"


def urn(manifest: Mapping[str, Any]) -> str:
    """Return the URN under which a manifest is registered here."""
    metadata = manifest["metadata"]
    return f"urn:pulumi:dev::shop::{token(manifest)}::{metadata.get('namespace', '')}/{metadata['name']}"


def as_outputs(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest as stack policies get it: with the cluster's answers and the provider's keys."""
    answers: dict[str, Any] = {
        "uid": "7d2f",
        "resourceVersion": "12",
        "managedFields": [{"manager": "x", "operation": "Update"}],
    }
    filled: dict[str, dict[str, Any]] = {
        "Deployment": {"replicas": 1},
        "StatefulSet": {"replicas": 1},
        "Service": {"clusterIP": "10.96.3.7"},
    }
    members = {"metadata": answers, "spec": filled.get(manifest["kind"], {})}
    answered = {
        key: {**added, **manifest[key]} for key, added in members.items() if isinstance(manifest.get(key), Mapping)
    }
    provider = {"__fieldManager": "pulumi", "__initialApiVersion": "v1", "__inputs": {"spec": "x"}}
    return {**manifest, **answered, "status": {"phase": "Active", "loadBalancer": {}}, **provider}


def _apart(manifests: Iterable[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], str]]:
    """Return manifests with their URNs; the engine refuses one URN twice, so the same object again has another."""
    found: list[tuple[Mapping[str, Any], str]] = []
    seen: Counter[str] = Counter()
    for one in manifests:
        name = urn(one)
        found.append((one, f"{name}-{seen[name]}" if seen[name] else name))
        seen[name] += 1
    return found


class Pack:
    """The pack as the engine loads it."""

    def __init__(self, config: Config | None = None) -> None:
        policies = sdk_policies(config)
        self._servicer, self._narrow = (
            self._served(policies), self._served([one for one in policies if one.name == _NARROW])
        )  # fmt: skip
        self._settings: dict[str, Any] = {}

    @staticmethod
    def _served(policies: list[Any]) -> Any:
        return _PolicyAnalyzerServicer("quadrant", "0.1.0", policies, EnforcementLevel.MANDATORY)

    def configure(self, policy: str, level: str = "mandatory", **settings: Any) -> None:
        """Set what `--policy-pack-config` sets for a policy."""
        properties = json_format.ParseDict(settings, struct_pb2.Struct())
        config = proto.PolicyConfig(enforcementLevel=proto.EnforcementLevel.Value(level.upper()), properties=properties)
        self._settings[policy] = config
        self._servicer.Configure(proto.ConfigureAnalyzerRequest(policyConfig=self._settings), None)

    def info(self) -> Any:
        """Return the pack's description of itself."""
        return self._servicer.GetAnalyzerInfo(None, None)

    def analyze(self, manifest: Mapping[str, Any]) -> Answer:
        """Judge one resource before it is created."""
        return self.analyze_as(token(manifest), manifest)

    def analyze_as(self, kind: str, manifest: Mapping[str, Any]) -> Answer:
        """Judge one resource registered under another type than its manifest has."""
        return _answer(self._servicer.Analyze(_request(manifest, kind), None))

    def remediate(self, manifest: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the properties that the engine would use instead; nothing where the pack mends nothing."""
        response = self._servicer.Remediate(_request(manifest), None)
        if any(one.diagnostic for one in response.remediations):
            raise AssertionError(f"the engine could not run a remediation: {response.remediations}")
        found = [json_format.MessageToDict(one.properties) for one in response.remediations]
        return found[-1] if found else None

    def analyze_stack(self, manifests: Iterable[Mapping[str, Any]], generated: Collection[str] = ()) -> Answer:
        """Judge a whole stack: the engine passes the inputs of each resource first, and then the outputs of all.

        The values of Secrets whose URNs are `generated` depend on a password that the stack registers too.
        """
        listed = list(manifests)
        for one, name in _apart(listed):
            # One policy is enough: all see the same objects.
            self._narrow.Analyze(_request(one, name=name), None)
        return self.analyze_outputs(map(as_outputs, listed), generated)

    def analyze_outputs(self, manifests: Iterable[Mapping[str, Any]], generated: Collection[str] = ()) -> Answer:
        """Judge a whole stack; the engine passes only what the API server returned of each resource."""
        password = proto.AnalyzerResource(type=PASSWORD, urn=f"urn:pulumi:dev::shop::{PASSWORD}::password", name="x")
        values = {"stringData": proto.AnalyzerPropertyDependencies(urns=[password.urn])}
        resources = [
            proto.AnalyzerResource(
                type=token(one), urn=name, name="x", properties=_struct(one),
                propertyDependencies=values if name in generated else {},
            )
            for one, name in _apart(manifests)
        ]  # fmt: skip
        resources += [password] if generated else []
        return _answer(self._servicer.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None))

    def leave_out(self, manifest: Mapping[str, Any]) -> Answer:
        """Judge a new resource that `--target` leaves out: the engine knows it and passes no properties."""
        kind, name = token(manifest), urn(manifest)
        alone = self._servicer.Analyze(proto.AnalyzeRequest(type=kind, urn=name, name="x"), None)
        among = [proto.AnalyzerResource(type=kind, urn=name, name="x")]
        whole = self._servicer.AnalyzeStack(proto.AnalyzeStackRequest(resources=among), None)
        return _answer(alone) | _answer(whole)

    def judge(self, manifests: Sequence[Mapping[str, Any]]) -> Answer:
        """Judge all resources of a stack one by one, and then the stack."""
        found = self.analyze_stack(manifests)
        for one in manifests:
            found |= self.analyze(one)
        return found


def _request(manifest: Mapping[str, Any], kind: str = "", name: str = "") -> Any:
    kind, name = kind or token(manifest), name or urn(manifest)
    return proto.AnalyzeRequest(type=kind, urn=name, name="x", properties=_struct(manifest))


def _struct(manifest: Mapping[str, Any]) -> Any:
    return json_format.ParseDict(manifest, struct_pb2.Struct())


def _answer(response: Any) -> Answer:
    return Answer(
        tuple(_diagnostic(one) for one in response.diagnostics),
        frozenset(one.policy_name for one in response.not_applicable),
    )


def _diagnostic(raw: Any) -> Diagnostic:
    """Return a diagnostic of the pack. A policy that could not run is a defect of the pack."""
    found = _RULE.search(raw.message)
    if "can't run policy" in raw.message or found is None:
        raise AssertionError(f"the engine could not run a policy: {raw.message}")
    mandatory = raw.enforcementLevel == proto.MANDATORY
    return Diagnostic(found["policy"], found["check"] or "", mandatory, raw.message, raw.urn)

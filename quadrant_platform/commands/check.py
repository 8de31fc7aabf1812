"""`quadrant check`: the policy pack over a stack, or over any Kubernetes files."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from quadrant_platform.commands.console import ExitCode, Format, progress, say, show_json, show_lines
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Verbose, named_system
from quadrant_platform.documents.problems import BadInput, Problem, on_one_line
from quadrant_platform.policies.configuration.pod_security_version import Profile
from quadrant_platform.policies.pack import (
    CONFIGURATION,
    POLICIES,
    Level,
    Object,
    Violation,
    not_applicable,
    not_judged,
)
from quadrant_platform.policies.pack import Config as Settings
from quadrant_platform.policies.pack import check as judge
from quadrant_platform.policies.pss.pod_security import check_profile
from quadrant_platform.policies.validation.definitions.definitions import Definitions
from quadrant_platform.program.manifest_files import Reading, read_manifests, read_path
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.rendered_input import read_helm_output, read_kustomization
from quadrant_platform.program.stacks import config_for, recorded

FIELDS = ("policy", "check", "level", "kind", "namespace", "name", "message", "file", "line")
REASONS = ("severity", "why", "remedy", "url")
"""What every violation of a policy shares; `url` is its page."""

Reader = Callable[[Path], Reading]
System = Annotated[
    str | None,
    typer.Option("--system", "-s", help="A folder under systems/, together with --stack.", callback=named_system),
]
Stack = Annotated[
    str | None,
    typer.Option("--stack", "-t", help="NAME of a file Pulumi.NAME.yaml, or dev or prod.", is_eager=True),
]
Manifests = Annotated[
    Path | None, typer.Option("--manifests", "-m", help="Instead of a stack: a folder of YAML or JSON files, or one.")
]
Kustomize = Annotated[Path | None, typer.Option("--kustomize", "-k", help="Instead: a folder with a kustomization.")]
HelmOutput = Annotated[
    Path | None,
    typer.Option("--helm-output", help="Instead: what `helm template` wrote, a file or - for standard input."),
]
DefinitionFiles = Annotated[
    Path | None,
    typer.Option(
        "--definitions",
        help="Also: CustomResourceDefinitions for their objects, such as `kubectl get crd -o yaml` writes.",
    ),
]
Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The pack's configuration, as for pulumi's --policy-pack-config.")
]


class ProfileOption(StrEnum):
    """A part of the pack that `check` runs alone."""

    PSS_BASELINE = "pss-baseline"
    PSS_RESTRICTED = "pss-restricted"


Chosen = Annotated[
    ProfileOption | None, typer.Option("--profile", "-p", help="Only this profile of the Pod Security Standards.")
]


def command(
    system: System = None,
    stack: Stack = None,
    manifests: Manifests = None,
    kustomize: Kustomize = None,
    helm_output: HelmOutput = None,
    definitions: DefinitionFiles = None,
    profile: Chosen = None,
    config: Config = None,
    verbose: Verbose = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Judge objects by every policy. Files that are no manifests are skipped, and named with the reason.

    Exit codes: 0 no mandatory policy is violated, 1 one is, 2 the input or the configuration is wrong.
    """
    settings = CONFIGURATION.load(config) if config else Settings()
    reading = _read(system, stack, {read_path: manifests, read_kustomization: kustomize, read_helm_output: helm_output})
    objects = reading.objects
    known = Definitions.of(one.manifest for one in (*objects, *(read_manifests(definitions) if definitions else ())))
    settings = replace(settings, definitions=known)
    if system and stack:
        announce(config_for(system, stack), output, verbose)
    with progress(f"judging {len(objects)} objects"):
        found = violations(objects, settings, profile)
    _say_left_out(reading, settings, profile)
    if output is Format.JSON:
        show_json([as_json(violation) for violation in found])
    else:
        for line in (*map(as_line, found), *explained(found)):
            show_lines(line)
        say(f"{summary(found)} in {len(objects)} objects")
        if idle := [] if profile else not_applicable(objects):
            say(f"not applicable without a matrix of connections: {', '.join(idle)}")
    if mandatory(found):
        raise typer.Exit(ExitCode.FOUND)


def _say_left_out(reading: Reading, settings: Settings, profile: ProfileOption | None) -> None:
    for problem in reading.skipped:
        say(f"skipped: {problem}")
    for missing in [] if profile else not_judged(reading.objects, settings):
        say(f"not judged: {missing}")


def _read(system: str | None, stack: str | None, places: Mapping[Reader, Path | None]) -> Reading:
    given = [(read, place) for read, place in places.items() if place is not None]
    if len(given) == 1 and (system, stack) == (None, None):
        read, place = given[0]
        with progress(f"reading {place}"):
            return read(place)
    if given or system is None or stack is None:
        remedy = "give --stack, or one of --manifests, --kustomize and --helm-output alone"
        raise BadInput([Problem((), "the input to check is ambiguous", remedy)])
    with progress(f"recording {system} {stack}"):
        return Reading(objects_of(recorded(system, stack)))


def objects_of(recording: Recording) -> list[Object]:
    """Return the Kubernetes objects of a recording for the policies."""
    return [Object(one.inputs, urn=one.urn) for one in recording.resources if one.is_manifest]


def violations(
    objects: list[Object], config: Settings | None = None, alone: ProfileOption | None = None
) -> list[Violation]:
    """Return what the pack, or a part of it alone, finds: mandatory first, then by place."""
    profile = Profile(alone.removeprefix("pss-")) if alone else None
    found = check_profile(objects, profile, config) if profile else judge(objects, config)
    return sorted(found, key=lambda v: (not mandatory([v]), v.file or "", v.line or 0, v.namespace, v.kind, v.name))


def mandatory(found: list[Violation]) -> list[Violation]:
    """Return the violations that stop a deployment."""
    return [violation for violation in found if violation.level is Level.MANDATORY]


def summary(found: list[Violation]) -> str:
    """Return how many violations there are."""
    stopping = len(mandatory(found))
    return f"{stopping} mandatory and {len(found) - stopping} advisory violations"


def as_json(violation: Violation) -> dict[str, Any]:
    """Return a violation for programs."""
    reasons = {field: getattr(POLICIES[violation.policy], field) for field in REASONS}
    return {field: getattr(violation, field) for field in FIELDS} | reasons


def explained(found: list[Violation]) -> Iterator[str]:
    """Yield for each violated policy, once, its reason, its remedy and its page."""
    for name in dict.fromkeys(violation.policy for violation in found):
        policy = POLICIES[name]
        yield f"{name}: {policy.why} Remedy: {policy.remedy} See {policy.url}"


def as_line(violation: Violation) -> str:
    """Return a violation in a line: where, how bad, which policy, what."""
    place = f"{violation.file}:{violation.line}: " if violation.file else ""
    rule = f"{violation.policy}/{violation.check}" if violation.check else violation.policy
    name = f"{violation.namespace}/{violation.name}" if violation.namespace else violation.name
    text = f"{place}{violation.level.value}: {rule}: {violation.kind or 'object'} {name}: {violation.message}"
    return on_one_line(text)

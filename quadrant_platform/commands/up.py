"""`quadrant up`: a stack, applied and ready."""

from typing import Annotated

import typer

from quadrant_platform import applier
from quadrant_platform.commands.check import as_line, mandatory, objects_of, violations
from quadrant_platform.commands.console import ExitCode, Format, complain, interruptible, progress, say
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Stack, System, Verbose
from quadrant_platform.commands.status import show_page
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.stacks import config_for, installation
from quadrant_platform.program.traffic import Traffic
from quadrant_platform.reachability import prove

Timeout = Annotated[int, typer.Option("--timeout", help="Seconds until everything must be ready.", min=1)]


def command(
    system: System, stack: Stack, timeout: Timeout = 600, verbose: Verbose = False, output: OutputFormat = Format.TEXT
) -> None:
    """Apply a stack and wait until it is ready (exit code 1: blocked by a policy, or not ready in time)."""
    with interruptible("up"), applier.installation_lock(installation(system, stack)):
        target = applier.choose_target(system, stack, say)
        announce(config_for(system, stack), output, verbose)
        if target.type.local:
            # What the policies forbid is reported before minutes are spent on a cluster.
            offline = applier.configure_stack(system, stack)
            applier.start_cluster(target, offline, _judged(offline), say)
        session = applier.connect(target)
        built = applier.configure_for(session, system, stack, say)
        recording = _judged(built)
        applier.check_needs(session, built, recording)
        applier.warn_of_api(session, built, recording, say)
        choice = applier.choose_applier(session, built)
        say(choice.reason)
        if choice.pulumi is not None:
            if code := applier.apply_with_pulumi(choice.pulumi, session, built, recording, say):
                raise typer.Exit(code)
        elif missing := applier.apply_with_kubectl(session, built, recording, timeout, say):
            complain(f"not ready after at most {timeout} s; the same command goes on from here:")
            for line in missing:
                complain(line)
            raise typer.Exit(ExitCode.FOUND)
        show_page(session, system, stack, output)


def _judged(built: applier.ConfiguredStack) -> Recording:
    """Return what a stack registers; exit where a policy forbids it or the NetworkPolicies differ from the matrix."""
    with progress(f"recording and judging {built.system} {built.stack}"):
        recording = built.recorded()
        manifests = recording.manifests()
        found = mandatory(violations(objects_of(recording)))
        proof = prove(manifests, Traffic(manifests).matrix)
    for violation in found:
        complain(as_line(violation))
    if not proof.equal:
        complain("the NetworkPolicies differ from the matrix; `quadrant preview` shows both")
    if found or not proof.equal:
        say("nothing was changed")
        raise typer.Exit(ExitCode.FOUND)
    return recording

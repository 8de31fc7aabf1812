"""Runs of pulumi on a stack in its cluster."""

from dataclasses import dataclass

from quadrant_platform.applier.applying import interrupted_runs, recorded_cluster
from quadrant_platform.applier.applying.cluster_session import facts_for
from quadrant_platform.applier.applying.pulumi_cli import OPTIONS, PACK, PulumiStack
from quadrant_platform.applier.applying.state_record import StateRecord
from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.host.progress import Say
from quadrant_platform.program.recorder import Recording
from quadrant_platform.program.stacks import config_for, stack_name


def preview(pulumi: str, system: str, stack: str) -> int:
    """Run `pulumi preview` with the policy pack; return its exit code."""
    return PulumiStack(pulumi, stack_name(system, stack), config_for(system, stack)).run(
        "preview", "--policy-pack", PACK
    )


@dataclass(frozen=True, slots=True)
class ClusterRun:
    """A stack in its cluster, which the state records or leaves open."""

    engine: PulumiStack
    record: StateRecord
    kubectl: Kubectl
    moved: bool
    """Whether the recorded way to the cluster is another than the present one."""

    def run(self, verb: str, say: Say, recording: Recording | None = None) -> int:
        """Run `up`, `preview` or `destroy` of pulumi, after what a stopped run left behind; return its exit code."""
        if verb != "preview":
            interrupted_runs.clear_locks(self.engine, say)
            interrupted_runs.settle_creations(self.engine, self.record, recording, self.kubectl, say)
        # Its own provider destroys what a stack has, unless the way to the cluster has moved: then the program's does.
        present = ("--run-program",) if self.moved and verb == "destroy" else ()
        return self.engine.run(verb, *OPTIONS[verb], *present)


def on_cluster(pulumi: str, session: ClusterSession, stack: ConfiguredStack, say: Say) -> ClusterRun:
    """Return a stack in its cluster; BadInput, before any change, where the state is of another cluster."""
    engine = PulumiStack(pulumi, stack.name, stack.config | session.target.settings)
    record = recorded_cluster.record_of(engine, session, stack, facts_for(session, stack), say)
    return ClusterRun(engine, record, session.kubectl, recorded_cluster.has_moved(record, session.target))

"""Stacks in a live cluster: choose the cluster, plan the changes, apply them, and report.

Other packages import from here, never from the modules below. Those are, from the lowest floor up: `observed` (what a
cluster serves and holds), `clusters` (which one, and the local ones), `planning` (what has to change), `status`
(readiness and the status page) and `applying` (with kubectl or pulumi).
"""

from quadrant_platform.applier.applying.apply import apply_with_kubectl, apply_with_pulumi
from quadrant_platform.applier.applying.cluster_session import (
    check_needs,
    choose_applier,
    choose_target,
    configure_for,
    start_cluster,
    warn_of_api,
)  # fmt: skip
from quadrant_platform.applier.applying.engine_choice import choose_previewer
from quadrant_platform.applier.applying.engine_runs import on_cluster, preview
from quadrant_platform.applier.applying.forgetting import forget_cluster
from quadrant_platform.applier.applying.removal import remove_stack
from quadrant_platform.applier.clusters.connection import ClusterSession, connect
from quadrant_platform.applier.clusters.local_state import installation_lock
from quadrant_platform.applier.planning.apply_plan import plan_changes
from quadrant_platform.applier.planning.changes import Change, FieldDifference
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack, configure_stack
from quadrant_platform.applier.status.page import system_status
from quadrant_platform.applier.status.report import StatusReport

__all__ = [
    "Change", "ClusterSession", "ConfiguredStack", "FieldDifference", "StatusReport",
    "apply_with_kubectl", "apply_with_pulumi", "check_needs", "choose_applier", "choose_previewer", "choose_target",
    "configure_for", "configure_stack", "connect", "forget_cluster", "installation_lock", "on_cluster", "plan_changes",
    "preview", "remove_stack", "start_cluster", "system_status", "warn_of_api",
]  # fmt: skip

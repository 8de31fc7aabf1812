"""Kubernetes: the one cluster of a stack, named by its settings."""

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes

from quadrant_platform.components.stack.state_identity import Checked, checked
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.preflight.facts import ClusterFacts

OFFLINE = "offline"
"""The identity in recordings, which know no cluster; the engine never sees it."""


class Kubernetes(pulumi.ComponentResource):
    """The cluster of the stack, named explicitly by `quadrant:kubeconfig` (a path) and `quadrant:context`.

    Its identity is its UID and nothing else: another kubeconfig of the same cluster replaces nothing, and another
    cluster is never taken for this one. Nothing of it is registered before the state's own identity has been checked.
    """

    def __init__(
        self, name: str, args: tuple[Plan, ClusterFacts | None], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("quadrant:cluster:Kubernetes", name, None, opts)
        plan, facts = args
        uid, self.state = checked(self, plan, facts) if facts else Checked(OFFLINE, None)
        config = pulumi.Config("quadrant")
        path = config.get("kubeconfig")
        settings: dict[str, Any] = {
            "kubeconfig": str(Path(path).expanduser()) if path else None,
            "context": config.get("context"),
            "cluster_identifier": uid,
            "enable_server_side_apply": True,
            # Replaced under the same name, a file would be gone while pods that mount it start.
            "enable_config_map_mutable": True,
            "enable_secret_mutable": True,
            # What others changed of our fields is taken back; a field that an autoscaler sets is not ours.
            "enable_patch_force": True,
            "opts": pulumi.ResourceOptions(parent=self),
        }
        self.provider = pulumi_kubernetes.Provider("kubernetes", **settings)
        self.adopting = pulumi_kubernetes.Provider("claims", upsert_existing_objects=True, **settings)
        self.register_outputs({"context": config.get("context")})

    def child_options(self) -> pulumi.ResourceOptions:
        """Return the options that put a component's children into this cluster."""
        return pulumi.ResourceOptions(providers=[self.provider])

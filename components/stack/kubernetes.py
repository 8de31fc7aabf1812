"""Kubernetes: the one cluster of a stack, named by its settings."""

from pathlib import Path

import pulumi
import pulumi_kubernetes

from quadrant_platform.model.expansion.plan import Plan

NOWHERE = """\
apiVersion: v1
kind: Config
current-context: none
contexts: [{name: none, context: {cluster: none, user: none}}]
clusters: [{name: none, cluster: {server: "https://set-quadrant-kubeconfig.invalid"}}]
users: [{name: none, user: {}}]
"""
"""Takes the place of a kubeconfig: without one, the provider would use the cluster of the caller's shell."""


class Kubernetes(pulumi.ComponentResource):
    """The cluster of the stack, named explicitly by `quadrant:kubeconfig` (a path) and `quadrant:context`."""

    def __init__(self, name: str, args: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:cluster:Kubernetes", name, None, opts)
        config = pulumi.Config("quadrant")
        path = config.get("kubeconfig")
        self.provider = pulumi_kubernetes.Provider(
            "kubernetes",
            kubeconfig=str(Path(path).expanduser()) if path else NOWHERE,
            context=config.get("context"),
            cluster_identifier=f"{args.name}-{args.stage}",
            enable_server_side_apply=True,
            # Replaced under the same name, a file would be gone while pods that mount it start.
            enable_config_map_mutable=True,
            enable_secret_mutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"context": config.get("context")})

    def child_options(self) -> pulumi.ResourceOptions:
        """Return the options that put a component's children into this cluster."""
        return pulumi.ResourceOptions(providers=[self.provider])

"""Settings: the stack's configuration, read once, and the one cluster that it names."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_kubernetes

from model.errors import BadInput, Problem
from model.loader import load_environment, load_system, system_file, systems
from model.plan import Plan, plan

NOWHERE = """\
apiVersion: v1
kind: Config
current-context: none
contexts: [{name: none, context: {cluster: none, user: none}}]
clusters: [{name: none, cluster: {server: "https://set-quadrant-kubeconfig.invalid"}}]
users: [{name: none, user: {}}]
"""
"""Stands in for a kubeconfig: without one, the provider would take the cluster of the caller's shell."""


def configured_plan() -> Plan:
    """Return the plan of the stack's system in its environment.

    Raises:
        RunError: with every problem of the system's file and the stack's overrides.
    """
    config = pulumi.Config("quadrant")
    try:
        name = config.get("system")
        if name is None:
            remedy = f"run `pulumi config set quadrant:system NAME` with one of: {', '.join(systems())}"
            raise BadInput([Problem(("quadrant:system",), "the stack names no system", remedy)])
        system = load_system(system_file(name))
        file = Path(f"Pulumi.{pulumi.get_stack()}.yaml")
        overrides = config.get_object("overrides") or {}
        preset = config.get("environment") or "dev"
        return plan(system, load_environment(preset, overrides, file if file.exists() else None, system))
    except BadInput as error:
        raise pulumi.RunError(str(error)) from error


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
            cluster_identifier=f"{args.system.name}-{args.environment.name}",
            enable_server_side_apply=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def within(self) -> pulumi.ResourceOptions:
        """Return the options that put a component's children into this cluster."""
        return pulumi.ResourceOptions(providers=[self.provider])

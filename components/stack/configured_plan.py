"""Settings: the stack's configuration, read once, and the one cluster that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes

from quadrant_platform.documents.document import read_document
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.loader import OVERRIDES, load_environment, load_system, system_file, systems
from quadrant_platform.model.stack_file import problems_of_stack

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
    stack = Path(f"Pulumi.{pulumi.get_stack()}.yaml")
    file = stack if stack.exists() else None
    try:
        if file and (problems := problems_of_stack(file)):
            raise BadInput(problems)
        name = config.get("system")
        if name is None:
            remedy = f"run `pulumi config set quadrant:system NAME` with one of: {', '.join(systems())}"
            raise BadInput([Problem(("quadrant:system",), "the stack names no system", remedy)])
        system = load_system(system_file(name))
        preset = config.get("environment") or "dev"
        return plan(system, load_environment(preset, _overrides(config, file), file, system))
    except BadInput as error:
        raise pulumi.RunError(str(error)) from error


def _overrides(config: pulumi.Config, file: Path | None) -> dict[str, Any]:
    try:
        overrides = config.get_object("overrides")
    except pulumi.ConfigTypeError:
        overrides = config.get("overrides")
    if not isinstance(overrides, dict | None):
        what, remedy = f"expected a mapping, found {overrides!r}", "write what differs from the preset, key by key"
        raise BadInput([(read_document(file).problem if file else Problem)(OVERRIDES, what, remedy)])
    return overrides or {}


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
            # Replaced under the same name, a file would be gone while pods that mount it start.
            enable_config_map_mutable=True,
            enable_secret_mutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def within(self) -> pulumi.ResourceOptions:
        """Return the options that put a component's children into this cluster."""
        return pulumi.ResourceOptions(providers=[self.provider])

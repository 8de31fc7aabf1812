"""Managed pooler: PgBouncer run by the CloudNativePG operator, in front of one of its clusters."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from quadrant_platform.components.base.component import register
from quadrant_platform.components.builders import manifests, pod_template, spreading, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import pod_monitor
from quadrant_platform.components.database.pooler import PoolerArgs, copies, encrypted, pool
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import datastores as declared

CONTAINER, PORT_NAME = "pgbouncer", "pgbouncer"
"""Names by which the operator knows its own container and port."""


class ManagedPooler(pulumi.ComponentResource):
    """One PgBouncer of the operator's; it finds users and certificates by itself."""

    def __init__(self, name: str, args: PoolerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:ManagedPooler", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["pooler"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, pooler: declared.PoolerSpec) -> Iterator[Manifest]:
    """Yield the pooler, its monitor and the budget that the operator does not make."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.without_selector(endpoint, stores.labels_of(plan, endpoint, pooler.resources, {}))
    instances = copies(plan, pooler)
    # A port of this name takes the place of the operator's own Service port, 5432.
    port = {"name": PORT_NAME, "port": pooler.port, "targetPort": PORT_NAME, "protocol": "TCP"}
    yield {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Pooler",
        "metadata": manifests.metadata(endpoint.namespace, name, labels),
        "spec": {
            "cluster": {"name": pooler.database},
            "type": "rw",
            "instances": instances,
            "deploymentStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
            "pgbouncer": pgbouncer(plan, pooler),
            "serviceTemplate": {"metadata": {"labels": dict(labels)}, "spec": {"type": "ClusterIP", "ports": [port]}},
            "template": {"metadata": {"labels": dict(labels)}, "spec": pod_spec(plan, name, pooler)},
        },
    }
    if instances > 1:
        yield manifests.disruption_budget(endpoint, labels)
    yield pod_monitor(plan, endpoint, labels)


def pgbouncer(plan: Plan, pooler: declared.PoolerSpec) -> Manifest:
    """Return the settings; the operator offers TLS to clients by itself, and the rules refuse whoever goes without."""
    rules = [f"hostnossl all all {everybody} reject" for everybody in ("0.0.0.0/0", "::/0")]
    demanded = {"pg_hba": rules} if encrypted(plan, pooler) else {}
    return {"poolMode": pooler.mode, "parameters": pool(plan, pooler), **demanded}


def pod_spec(plan: Plan, name: str, pooler: declared.PoolerSpec) -> Manifest:
    """Return what the operator's pod template is completed with."""
    endpoint = plan.topology.endpoints[name]
    container = {
        "name": CONTAINER,
        "resources": pod_template.sized(plan, pod_template.limits_of(plan, pooler.resources), store=True),
        "securityContext": pod_template.RESTRICTED,
    }
    return {
        "containers": [container],
        "priorityClassName": class_name(plan, stores.LEVEL),
        "affinity": {"podAntiAffinity": stores.apart(plan, endpoint)},
        "topologySpreadConstraints": spreading.spread(plan, endpoint),
    }

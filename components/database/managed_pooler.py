"""Managed pooler: PgBouncer run by the CloudNativePG operator, in front of one of its clusters."""

from collections.abc import Iterator

from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.containers import RESTRICTED, resources
from quadrant_platform.components.builders.manifests import Manifest, manifest
from quadrant_platform.components.builders.pod_template import apart, spread
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.database.pooler import Pooler, PoolerInputs, pool
from quadrant_platform.model.expansion.planned import Server

CONTAINER, PORT_NAME = "pgbouncer", "pgbouncer"
"""Names of the operator's own container and port."""


class ManagedPooler(Component[PoolerInputs, Server]):
    """One PgBouncer of the operator's; it finds users and certificates by itself."""

    token = "data:ManagedPooler"

    @staticmethod
    def manifests(inputs: PoolerInputs) -> Iterator[Manifest]:
        """Yield the pooler, its monitor and the budget that the operator does not make."""
        pooler, server = inputs
        w = Workload(pooler)
        labels = w.other_labels
        # A port of this name takes the place of the operator's own Service port, 5432.
        port = {"name": PORT_NAME, "port": pooler.spec.port, "targetPort": PORT_NAME, "protocol": "TCP"}
        spec = {
            "cluster": {"name": server.cluster},
            "type": "rw",
            "instances": pooler.copies,
            "deploymentStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
            "pgbouncer": pgbouncer(inputs),
            "serviceTemplate": {"metadata": {"labels": labels}, "spec": {"type": "ClusterIP", "ports": [port]}},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(inputs)},
        }
        yield manifest("postgresql.cnpg.io/v1", "Pooler", w.metadata(labels=labels), spec)
        if pooler.copies > 1:
            yield w.budget(labels)
        yield w.pod_monitor(labels)

    @staticmethod
    def results(inputs: PoolerInputs) -> Server:
        """Return what a client needs to log in."""
        return Pooler.results(inputs)


def pgbouncer(inputs: PoolerInputs) -> Manifest:
    """Return the settings; the operator offers TLS to clients by itself, and the rules refuse clients without it."""
    rules = [f"hostnossl all all {addresses} reject" for addresses in ("0.0.0.0/0", "::/0")]
    demanded = {"pg_hba": rules} if inputs.server.tls else {}
    return {"poolMode": inputs.pooler.spec.mode, "parameters": pool(inputs.pooler), **demanded}


def pod_spec(inputs: PoolerInputs) -> Manifest:
    """Return what the operator's pod template is completed with."""
    pooler = inputs.pooler
    container = {"name": CONTAINER, "resources": resources(pooler, pooler.limits), "securityContext": RESTRICTED}
    return {
        "containers": [container],
        "priorityClassName": pooler.priority,
        "affinity": apart(pooler),
        "topologySpreadConstraints": spread(pooler),
    }

"""The control planes that live beside a system in its cluster."""

from quadrant_platform.model.schema.types import Model, Name, Port


class ControlPeer(Model):
    """Pods of a control namespace, as a peer of flows."""

    namespace: Name
    labels: dict[str, str]
    ports: dict[Name, Port] = {}
    service: Name | None = None


CONTROL_PEERS: dict[str, ControlPeer] = {
    "prometheus": ControlPeer(
        namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"}, ports={"web": 9090}
    ),
    "alertmanager": ControlPeer(namespace="monitoring", labels={"app.kubernetes.io/name": "alertmanager"}),
    "grafana": ControlPeer(
        namespace="monitoring", labels={"app.kubernetes.io/name": "grafana"}, ports={"http": 3000}, service="grafana"
    ),
    "pyroscope": ControlPeer(
        namespace="monitoring",
        labels={"app.kubernetes.io/name": "pyroscope"},
        ports={"http": 4040},
        service="pyroscope",
    ),
    "cnpg": ControlPeer(namespace="cnpg-system", labels={"app.kubernetes.io/name": "cloudnative-pg"}),
    "external-secrets": ControlPeer(
        namespace="external-secrets", labels={"app.kubernetes.io/name": "external-secrets"}
    ),
    "argo-rollouts": ControlPeer(namespace="argo-rollouts", labels={"app.kubernetes.io/name": "argo-rollouts"}),
    "velero": ControlPeer(namespace="velero", labels={"app.kubernetes.io/name": "velero"}),
}
"""The control planes that flows may name as `operator:<name>`; `monitoring` is the peer prometheus."""

"""The control planes that live beside a system in its cluster."""

from quadrant_platform.model.schema.types import Model, Name, Port
from quadrant_platform.vocabulary import NAME_LABEL


class ControlPeer(Model):
    """Pods of a control namespace, as a peer of flows."""

    namespace: Name
    labels: dict[str, str]
    ports: dict[Name, Port] = {}
    service: Name | None = None


def _named(name: str, namespace: str, ports: dict[str, int] | None = None, service: str | None = None) -> ControlPeer:
    return ControlPeer(namespace=namespace, labels={NAME_LABEL: name}, ports=ports or {}, service=service)


CONTROL_PEERS: dict[str, ControlPeer] = {
    "prometheus": _named("prometheus", "monitoring", {"web": 9090}),
    "alertmanager": _named("alertmanager", "monitoring"),
    "grafana": _named("grafana", "monitoring", {"http": 3000}, "grafana"),
    "pyroscope": _named("pyroscope", "monitoring", {"http": 4040}, "pyroscope"),
    "cnpg": _named("cloudnative-pg", "cnpg-system"),
    "external-secrets": _named("external-secrets", "external-secrets"),
    "argo-rollouts": _named("argo-rollouts", "argo-rollouts"),
    "velero": _named("velero", "velero"),
}
"""The control planes that flows may name as `operator:<name>`; `monitoring` is the peer prometheus."""

"""Scraping: the ServiceMonitor or PodMonitor by which Prometheus finds a workload's metrics, with its name as job."""

from __future__ import annotations

from collections.abc import Mapping

from quadrant_platform.components.builders.manifests import Manifest, metadata, name_of, port_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan


def service_monitor(
    plan: Plan, endpoint: Endpoint, labels: Mapping[str, str], *, path: str = "/metrics", interval: str | None = None
) -> Manifest:
    """Return the monitor of a workload whose Service carries the selector labels."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": metadata(endpoint.namespace, name_of(endpoint), labels),
        "spec": {
            "jobLabel": _named_by(endpoint),
            "selector": {"matchLabels": dict(endpoint.labels)},
            "endpoints": [
                {"port": _port(endpoint), "path": path, "interval": interval or plan.environment.scrape_interval}
            ],
        },
    }


def pod_monitor(plan: Plan, endpoint: Endpoint, labels: Mapping[str, str]) -> Manifest:
    """Return the monitor of pods whose Services an operator makes, and may make several of."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": metadata(endpoint.namespace, name_of(endpoint), labels),
        "spec": {
            "jobLabel": _named_by(endpoint),
            "selector": {"matchLabels": dict(endpoint.labels)},
            "podMetricsEndpoints": [
                {"port": _port(endpoint), "path": "/metrics", "interval": plan.environment.scrape_interval}
            ],
        },
    }


def _named_by(endpoint: Endpoint) -> str:
    """Return the label that holds the workload's name; Services and pods may have other names."""
    return next(key for key, value in endpoint.labels if value == name_of(endpoint))


def _port(endpoint: Endpoint) -> str | None:
    return endpoint.metrics and port_name(endpoint.metrics)

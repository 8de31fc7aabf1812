"""What all pods of an environment have in common: where they live, their probes, and how they are watched."""

from typing import Literal

from pydantic import Field

from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.model.schema.types import Duration, Model, Name, NamespacePrefix, Percent


class Share(Model):
    """Requests as a percentage of the limits."""

    services: Percent
    stores: Percent


class ProbeTiming(Model):
    """Seconds and counts of the kubelet's probes."""

    liveness_period: int = 15
    liveness_timeout: int = 5
    liveness_failures: int = 3
    readiness_period: int
    readiness_timeout: int
    readiness_failures: int
    startup_period: int = 5
    startup_failures: int = 9


class MonitoringSettings(Model):
    """The Prometheus operator beside the system."""

    labels: dict[str, str] = Field(
        default={},
        description="on monitors and rules: what the operator selects them by, such as release: kube-prometheus-stack",
    )


class PodSettings(Model):
    """What all pods of an environment have in common."""

    namespace_prefix: NamespacePrefix = Field(
        default="", description="before every namespace, such as alice-, so that installations share a cluster"
    )
    storage_limit: Bytes | None = Field(default=None, description="upper bound of every claim")
    storage_class: Name | None = None
    probes: ProbeTiming
    log_level: Literal["ERROR", "WARN", "INFO", "DEBUG"]
    cpu_limits: bool = True
    spread: Literal["preferred", "required"] = Field(description="how strictly copies are kept on different nodes")
    zones: bool = Field(description="spread over zones too")
    scrape_interval: Duration = "30s"
    monitoring: MonitoringSettings = MonitoringSettings()

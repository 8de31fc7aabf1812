"""Services and jobs: the system's own containers, and what each of them needs to run."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from quadrant_platform.model.schema.delivery import Rollout, Slo
from quadrant_platform.model.schema.quantities import Bytes, Cpu
from quadrant_platform.model.schema.types import (
    AbsolutePath,
    Cron,
    Duration,
    Image,
    Model,
    Name,
    Percent,
    Port,
    Renamable,
    Segment,
    Stage,
    Tier,
    TimeZone,
    seconds,
)

SECRETS_DIR, SCRIPTS_DIR = "/run/secrets", "/scripts"
"""Where every container finds its secrets, and a job its files."""
AllowedVariable = Literal["NODE_ENV", "CONFIG_PATH", "SECRETS_DIR"]


class Size(Model):
    """CPU and memory limits of one container."""

    cpu: Cpu
    memory: Bytes


TIERS: dict[int, Size] = {
    1: Size(cpu=Cpu.parse("2"), memory=Bytes.parse("2Gi")),
    2: Size(cpu=Cpu.parse("1"), memory=Bytes.parse("1Gi")),
    3: Size(cpu=Cpu.parse("500m"), memory=Bytes.parse("512Mi")),
}
"""Limits of the three service tiers: critical, important, supporting."""
HELPER = Size(cpu=Cpu.parse("100m"), memory=Bytes.parse("64Mi"))
"""Limits of exporters and waiting init containers."""


class Sizing(Model):
    """A tier, a size of its own, or named sizing profiles of which the environment picks one."""

    tier: Tier = 2
    size: Size | None = Field(default=None, description="limits in place of the tier's")
    profiles: dict[str, Size] = Field(default={}, description="limits by profile name, in place of the tier's")


class Probes(Model):
    """HTTP paths that the kubelet asks; timings are the environment's."""

    port: str | None = Field(default=None, description="port name; the first port where absent")
    startup: AbsolutePath = "/health/live"
    readiness: AbsolutePath = "/health/ready"
    liveness: AbsolutePath = "/health/live"
    basic: AbsolutePath = "/health"


class Metrics(Model):
    """Where Prometheus scrapes."""

    port: str
    path: AbsolutePath = "/metrics"
    interval: Duration = "30s"


class Autoscaling(Model):
    """A HorizontalPodAutoscaler's bounds and targets, in percent of the requests."""

    min: int = Field(ge=1)
    max: int = Field(ge=1)
    cpu: Percent | None = None
    memory: Percent | None = None
    requests_per_second: float | None = Field(default=None, gt=0, description="mean rate per pod")
    scale_down_stabilization: Duration = "300s"
    scale_down_percent: int = Field(default=50, ge=1, le=100, description="at most this share per minute")
    scale_up_percent: int = Field(default=100, ge=1, description="at most this share per 15 s")

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}; raise max or lower min")
        if self.cpu is None and self.memory is None and self.requests_per_second is None:
            raise ValueError("no target; name at least one of cpu, memory and requestsPerSecond")
        return self


class Volume(Model):
    """A volume of the container: an emptyDir of a size, or a claim of the workload's own."""

    path: AbsolutePath
    size: Bytes
    persistent: bool = False


class ContainerSpec(Renamable):
    """What services and jobs share: a home, and the files that the container finds at start."""

    segment: Segment
    attached: tuple[Segment, ...] = Field(default=(), description="further segments, as labels that permit nothing")
    config: tuple[str, ...] = Field(default=(), description="names under `configs`")
    secrets: tuple[str, ...] = Field(default=(), description="names under `secrets`, files under /run/secrets")
    volumes: dict[Name, Volume] = {}

    @property
    def persistent(self) -> dict[str, Volume]:
        """Return the volumes that are claims."""
        return {name: volume for name, volume in self.volumes.items() if volume.persistent}


class ConfigFile(Model):
    """One configuration file, mounted read-only."""

    path: AbsolutePath = Field(description="where the container reads it")
    variable: Literal["CONFIG_PATH"] | None = None
    content: dict[str, Any] | str = Field(
        description="a mapping is written as YAML; ${logLevel} and ${egress:<api>} are filled in per environment"
    )


class ServiceSpec(ContainerSpec):
    """A long-running application workload."""

    image: Image
    ports: dict[Name, Port] = Field(min_length=1)
    aliases: dict[Name, Port] = Field(default={}, description="further Services of this workload: name to port")
    service_port: Port | None = Field(default=None, description="the Service's port where it is not the container's")
    resources: Sizing = Sizing()
    replicas: int | Autoscaling = 1
    connections: int | None = Field(default=None, ge=1, description="most database connections of one pod")
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: dict[AllowedVariable, str] = {}
    labels: dict[str, str] = {}
    probes: Probes = Probes()
    metrics: Metrics | None = None
    priority: Literal["critical", "important", "supporting"] | None = None
    spot: bool = Field(default=False, description="may run on spot nodes where the environment has them")
    rollout: Rollout = Rollout()
    slo: Slo | None = None
    termination_grace: Duration = Field(
        default="30s", description="time to finish after SIGTERM, which comes 5 s after the pod's last new connection"
    )

    @model_validator(mode="after")
    def _ports(self) -> Self:
        for port in filter(None, (self.probes.port, self.metrics.port if self.metrics else None)):
            if port not in self.ports:
                raise ValueError(f"port {port!r} is not among this service's ports: {', '.join(self.ports)}")
        if len(set(self.ports.values())) < len(self.ports):
            raise ValueError("two ports have one number; give each port a number of its own")
        if self.segment in self.attached:
            raise ValueError(f"{self.segment} is the home segment; leave it out of `attached`")
        return self


class JobSpec(ContainerSpec):
    """A Job that runs once per release, or a CronJob where it has a schedule."""

    image: Image
    schedule: Cron | None = None
    timezone: TimeZone = Field(default="Etc/UTC", description="in which the schedule is read")
    late_after: Duration | None = Field(
        default=None, description="age of the last success at which an alert fires, in place of what the schedule gives"
    )
    resources: Sizing = Sizing(tier=3)
    command: tuple[str, ...] = Field(min_length=1)
    args: tuple[str, ...] = ()
    env: dict[AllowedVariable, str] = {}
    files: dict[str, str] = Field(default={}, description="scripts and SQL by file name, mounted under /scripts")
    waits_for: tuple[str, ...] = Field(default=(), description="data stores whose port must answer before it starts")
    deadline: Duration = "30m"
    retries: int = Field(default=3, ge=0, le=10)
    stages: tuple[Stage, ...] = (Stage.DEV, Stage.PROD)
    purpose: Literal["migration", "backup", "maintenance"] = "maintenance"

    @model_validator(mode="after")
    def _positive_deadline(self) -> Self:
        if seconds(self.deadline) < 1:
            raise ValueError("deadline is zero; a job needs time to run")
        return self

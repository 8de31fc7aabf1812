"""How a service is released and what it promises: rollouts, objectives, alerts, load and chaos."""

from typing import Literal, Self

from pydantic import Field, model_validator

from quadrant_platform.model.schema.types import AbsolutePath, Cron, Duration, Model, Name, Percent, Stage, Why


class Analysis(Model):
    """A Prometheus query and the condition under which a rollout goes on."""

    query: str
    success: str = Field(description="an Argo Rollouts condition, such as `result[0] < 0.05`")
    interval: Duration = "30s"
    count: int = Field(default=4, ge=1)
    failure_limit: int = Field(default=3, ge=0)


class CanaryStep(Model):
    """One plateau of a canary."""

    weight: int = Field(ge=0, le=100)
    pause: Duration | None = Field(default=None, description="none waits for a person")


class Rollout(Model):
    """Rolling update, canary or blue-green."""

    name: Name | None = Field(default=None, description="the Rollout object's name where it is not the service's")
    strategy: Literal["rolling", "canary", "blueGreen"] = "rolling"
    steps: tuple[CanaryStep, ...] = ()
    header: dict[str, str] = Field(default={}, description="requests with this header go to the new version")
    before_promotion: tuple[str, ...] = Field(default=(), description="names under `analyses`")
    after_promotion: tuple[str, ...] = ()
    auto_promotion: bool = False
    scale_down_delay: Duration = "30s"
    active_service: Name | None = None
    preview_service: Name | None = None

    @model_validator(mode="after")
    def _steps(self) -> Self:
        if self.strategy == "canary" and not self.steps:
            raise ValueError("a canary has no steps; list weights such as 10, 25, 50, 100")
        weights = [step.weight for step in self.steps]
        if weights != sorted(set(weights)):
            raise ValueError(f"weights {weights} do not rise; each step must send more traffic than the one before")
        return self


class Slo(Model):
    """Service-level objectives over 30 days."""

    availability: Percent | None = Field(default=None, description="percent of requests that do not fail")
    latency_p95: Duration | None = None
    latency_p99: Duration | None = None
    error_rate: Percent | None = None
    throughput_rps: float | None = Field(default=None, gt=0)


class Alert(Model):
    """One Prometheus alerting rule."""

    expr: str
    hold: Duration = "0s"
    severity: Literal["critical", "warning", "info"]
    summary: Why
    description: str = Field(default="", description="annotation; may quote `{{ $value }}` and labels")
    group: str = "application.rules"
    runbook: str = Field(default="", description="page under docs/runbooks")
    stages: tuple[Stage, ...] = (Stage.DEV, Stage.PROD)


class BackupSchedule(Model):
    """One backup run: when, what, and how long it is kept."""

    schedule: Cron
    retention: Duration
    content: tuple[str, ...] = Field(min_length=1, description="kinds of objects, or names of data stores")
    hooks: tuple[Name, ...] = ()
    stages: tuple[Stage, ...] = (Stage.DEV, Stage.PROD)


class Backup(Model):
    """The backup plan and the recovery objectives it must meet."""

    schedules: dict[Name, BackupSchedule] = Field(min_length=1)
    rto: Duration | None = None
    rpo: Duration | None = None
    wal_archive_interval: Duration | None = None
    cross_region: bool = False


class ChaosExperiment(Model):
    """One fault, its target and its pass criteria."""

    fault: Literal[
        "pod-kill", "pod-failure", "container-kill", "network-delay", "network-loss", "network-partition",
        "cpu-stress", "memory-stress",
    ]  # fmt: skip
    target: tuple[Name, ...] = Field(min_length=1)
    duration: Duration = "60s"
    schedule: Cron | None = None
    max_error_increase: Percent = 20
    max_latency_increase: Percent = 20
    min_available: Percent = 80
    recovery: Duration = "60s"


class LoadStage(Model):
    """A constant or ramped arrival rate for some time."""

    rps: float = Field(gt=0)
    duration: Duration


class LoadProfile(Model):
    """A load test: stages, request mix and thresholds."""

    target: Name
    stages: tuple[LoadStage, ...] = Field(min_length=1)
    mix: dict[AbsolutePath, Percent] = {}
    thresholds: Slo = Slo()
    users: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _mix_is_whole(self) -> Self:
        if self.mix and abs(sum(self.mix.values()) - 100) > 0.01:
            raise ValueError(f"the mix sums to {sum(self.mix.values()):g} percent; the shares must sum to 100")
        return self

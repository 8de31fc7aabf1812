"""The service mesh's settings, for stacks that run one."""

from __future__ import annotations

from pydantic import Field

from quadrant_platform.model.schema.types import Duration, Model, Percent


class Mesh(Model):
    """What the mesh does between the services: circuit breaking, retries, timeouts and limits."""

    consecutive_failures: int = Field(default=5, ge=1, description="failures in a row that take a pod out")
    min_backoff: Duration = "5s"
    max_backoff: Duration = "60s"
    retry_budget: Percent = Field(default=20, description="retries as a share of the requests")
    min_retries_per_second: int = Field(default=10, ge=0)
    request_timeout: Duration = "30s"
    health_timeout: Duration = "1s"
    rate_limit_rps: float | None = Field(default=None, gt=0, description="requests per second that a service admits")

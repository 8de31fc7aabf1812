"""A broken policy: by which object, and how hard the policy is enforced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quadrant_platform.policies.configuration.exemptions import Exemption
from quadrant_platform.policies.configuration.levels import Level


@dataclass(frozen=True)
class Violation:
    """A policy broken by an object. `check` is finer than the policy, such as an upstream check."""

    policy: str
    check: str
    level: Level
    kind: str
    namespace: str
    name: str
    message: str
    file: str | None = None
    line: int | None = None
    urn: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def is_exempted_by(self, row: Exemption) -> bool:
        """Return whether a row of the configuration covers this violation."""
        wanted = ("policy", "check", "urn", "kind", "namespace", "name")
        fits = all(getattr(row, field) in (None, getattr(self, field)) for field in wanted)
        return fits and row.labels.items() <= self.labels.items()

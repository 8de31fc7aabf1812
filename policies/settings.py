"""How the pack is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from policies.exemptions import EXEMPTIONS, Exemption
from policies.pss_version import LATEST, Version


@dataclass(frozen=True)
class Config:
    """What a stack may set. `today` decides which exemptions have expired."""

    exemptions: tuple[Exemption, ...] = EXEMPTIONS
    require_digest: bool = False
    pod_security_version: Version = LATEST
    secure_entry_points: frozenset[str] = frozenset({"websecure"})
    internal_entry_points: frozenset[str] = frozenset({"dashboard", "traefik", "metrics"})
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def with_settings(self, settings: Mapping[str, Any]) -> Config:
        """This configuration with the values that the engine passes to a policy."""
        return replace(self, require_digest=bool(settings.get("requireDigest", self.require_digest)))

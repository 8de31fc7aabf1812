"""Exceptions from a policy: each for one object, with a reason and an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Exemption:
    """One object that one policy spares until a day."""

    policy: str
    kind: str
    namespace: str
    name: str
    reason: str
    expires: date

    def covers(self, policy: str, kind: str, namespace: str, name: str) -> bool:
        """Whether the row speaks of this policy and object."""
        return (self.policy, self.kind, self.namespace, self.name) == (policy, kind, namespace, name)

    def __str__(self) -> str:
        return f"{self.policy} for {self.kind} {self.namespace}/{self.name} until {self.expires}"


EXEMPTIONS: tuple[Exemption, ...] = ()
"""The rows in force for every stack."""

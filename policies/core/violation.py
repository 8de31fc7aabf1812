"""What the pack says of an object: which policy it breaks, and how hard that policy is enforced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """What a violation does: advice warns, a mandatory one stops the deployment.

    The engine mends what breaks a remediating policy; what is left is mandatory.
    """

    DISABLED = "disabled"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    REMEDIATE = "remediate"


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

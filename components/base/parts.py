"""Parts: components that a system has once or not at all, built where it uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pulumi

from quadrant_platform.components.base.component import BuildContext
from quadrant_platform.model.expansion.parts import uses


class Part(Protocol):
    """A component of the whole system, known by its class's name."""

    __name__: str

    def __call__(
        self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None
    ) -> pulumi.ComponentResource:
        """Build it."""


@dataclass(frozen=True)
class Parts:
    """Where parts are built."""

    site: BuildContext
    options: pulumi.ResourceOptions

    def build(self, part: Part) -> None:
        """Build a part, where the system uses it, under the name of its class."""
        name = part.__name__.lower()
        if uses(self.site.plan, name):
            part(name, self.site, self.options)

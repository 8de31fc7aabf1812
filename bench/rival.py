"""The flat rival: the very same resources from a prebuilt list, without components."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pulumi_kubernetes

from quadrant_platform.components.base.component import registered
from quadrant_platform.program.recorder import Recorded

PREBUILT: list[Callable[[], Any]] = []
"""The calls that the flat program makes."""


def rival(resource: Recorded) -> Callable[[], Any]:
    """Return the call that registers one resource with the same inputs, at the top of the stack."""
    if resource.type == "pulumi:providers:kubernetes":
        # A provider's inputs travel as JSON, but for plain text.
        plain = {key: json.loads(value) if value in ("true", "false") else value for key, value in _given(resource)}
        options = {"".join(f"_{c.lower()}" if c.isupper() else c for c in key): value for key, value in plain.items()}
        return partial(pulumi_kubernetes.Provider, resource.name, **options)
    return partial(registered, None, resource.inputs, ())


def _given(resource: Recorded) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in resource.inputs.items() if value is not None]

"""Durations as Go writes them, which definitions and the resources of operators use."""

import re
from typing import Final

_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)", re.ASCII)
_ZERO = "0"


def go_seconds(text: str) -> float | None:
    """Return the length of a duration, such as `1h30m`; nothing for another text."""
    sign, bare = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if bare == _ZERO:
        return 0.0
    parts = list(_PART.finditer(bare))
    if not parts or "".join(part[0] for part in parts) != bare:
        return None
    return sign * sum(float(part[1]) * _UNITS[part[2]] for part in parts)

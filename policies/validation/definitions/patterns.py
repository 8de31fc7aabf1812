"""Patterns of definitions, which are written for Go."""

import re
from functools import cache


@cache
def compiled(text: str) -> re.Pattern[str] | None:
    """Return a pattern of Go; nothing for one that Python reads otherwise."""
    try:
        return re.compile(text.replace(r"\z", r"\Z"), re.ASCII)
    except re.error:
        return None


def is_readable(text: str) -> bool:
    """Return whether a pattern of Go is one of Python's."""
    return compiled(text) is not None

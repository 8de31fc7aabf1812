"""Progress of a long operation, one line at a time."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], None]
"""Takes a line of progress for people."""

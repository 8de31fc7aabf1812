"""Progress of a long operation, one line at a time."""

from collections.abc import Callable

Say = Callable[[str], None]
"""Takes a line of progress for people."""

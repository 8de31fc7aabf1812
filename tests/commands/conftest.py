"""Fixtures of the command line's tests."""

from tests.commands.running import quadrant, sample

__all__ = ["quadrant", "sample"]

"""Fixtures of the program's tests."""

from tests.commands.running import quadrant, sample

__all__ = ["quadrant", "sample"]

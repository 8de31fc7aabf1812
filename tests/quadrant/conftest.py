"""Fixtures of the command line's tests."""

from tests.quadrant.running import quadrant, sample

__all__ = ["quadrant", "sample"]

"""Fixtures of the tests of live clusters."""

from tests.quadrant.cluster.cluster import cluster, settled

__all__ = ["cluster", "settled"]

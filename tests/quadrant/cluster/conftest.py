"""Fixtures of the tests of live clusters."""

from tests.quadrant.cluster.cluster import cluster, settled
from tests.quadrant.cluster.machine import kind

__all__ = ["cluster", "kind", "settled"]

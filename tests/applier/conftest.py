"""Fixtures of the tests of live clusters."""

from tests.applier.cluster import cluster, settled
from tests.applier.kind_machine import kind

__all__ = ["cluster", "kind", "settled"]

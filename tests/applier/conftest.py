"""Fixtures of the tests of live clusters."""

from tests.applier.applying.fake_pulumi import pulumi
from tests.applier.cluster import cluster, settled
from tests.applier.kind_machine import kind
from tests.commands.running import quadrant, sample

__all__ = ["cluster", "kind", "pulumi", "quadrant", "sample", "settled"]

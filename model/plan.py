"""The plan: a system in an environment, expanded, as the components read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from model.collection import uncollected
from model.endpoint import Endpoint
from model.environment import Environment
from model.flows import expand
from model.matrix import Matrix, Row
from model.system import System
from model.topology import Topology, topology
from model.types import Segment


@dataclass(frozen=True)
class Plan:
    """Everything that is to be built, decided; pure data."""

    system: System
    environment: Environment
    topology: Topology
    matrix: Matrix

    @cached_property
    def rows(self) -> dict[str, tuple[list[Row], list[Row]]]:
        """Return, by endpoint id, the rows that arrive and the rows that leave."""
        return self.matrix.touching()

    def namespace(self, segment: Segment) -> str:
        """Return the namespace of a segment."""
        return self.topology.namespace(segment)

    def searches(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Return the namespaces, other than its own, to which a workload's rows lead."""
        leads = {row.target.namespace for row in self.rows[endpoint.id][1] if row.target.isolated}
        return tuple(sorted(leads - {endpoint.namespace}))


@uncollected()
def plan(system: System, environment: Environment) -> Plan:
    """Expand a system in an environment."""
    where = topology(system, environment)
    return Plan(system, environment, where, expand(where))

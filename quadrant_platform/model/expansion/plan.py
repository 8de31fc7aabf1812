"""The plan: a system in an environment, expanded, as the components read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from quadrant_platform.garbage_collection import collection_paused
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.flows import expand
from quadrant_platform.model.expansion.matrix import Matrix, Row
from quadrant_platform.model.expansion.topology import Topology, topology
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Segment


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


@collection_paused()
def plan(system: System, environment: Environment) -> Plan:
    """Expand a system in an environment."""
    where = topology(system, environment)
    return Plan(system, environment, where, expand(where))

"""Names in an environment: what the prefix and the cluster's domain add to them still fits."""

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Found
from quadrant_platform.model.consistency.labels import label_problems
from quadrant_platform.model.expansion.workloads import installation_name, namespace_of
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Segment, Stage

NAME_LENGTH = 63
SEARCH_LENGTH = 255
"""Of a resolver's search line; musl ignores a longer one, and then finds no short name."""
NODE_DOMAINS = {Stage.DEV: 0, Stage.PROD: 46}
"""Room for the domains that a node adds: a developer's adds none, a cloud's those of a zone and a project."""


def labels(environment: Environment) -> Found:
    """Check the labels of monitors and rules."""
    for key, value in environment.monitoring.labels.items():
        yield from label_problems(("monitoring", "labels", key), key, value)


def lengths(system: System, environment: Environment) -> Found:
    """Check that names with the prefix fit: 63 characters for a namespace or the value of a label."""
    prefix = environment.namespace_prefix
    names = [installation_name(system, environment), *(namespace_of(system, environment, one) for one in Segment)]
    longest = max(names, key=len)
    if prefix and len(longest) > NAME_LENGTH:
        what = f"{longest!r} has {len(longest)} characters, and a namespace has at most {NAME_LENGTH}"
        yield Problem(("namespacePrefix",), what, f"shorten the prefix by {len(longest) - NAME_LENGTH}")


def searches(system: System, environment: Environment) -> Found:
    """Check that a resolver takes the domains that a pod searches, and those of its node."""
    domain = environment.network.cluster_domain
    places = [f"{namespace_of(system, environment, segment)}.svc.{domain}" for segment in Segment]
    size, most = len(" ".join([*places, f"svc.{domain}", domain])), SEARCH_LENGTH - NODE_DOMAINS[environment.name]
    if size > most:
        what = f"pods search {size} characters of domains ({', '.join(places)}), and {most} fit beside those of a node"
        key: KeyPath = ("namespacePrefix",) if environment.namespace_prefix else ("network", "clusterDomain")
        remedy = f"shorten the prefix, the system's name or `segments.*.namespace` by {size - most} in all"
        yield Problem(key, what, remedy)

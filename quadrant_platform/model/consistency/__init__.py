"""Cross-checks: what pydantic cannot see, because it takes more than one entry to see it."""

from quadrant_platform.documents.problems import Problem
from quadrant_platform.model.consistency import alerts, delivery, files, lengths, modes, names, routes, rows, stores
from quadrant_platform.model.consistency.context import Check, Context
from quadrant_platform.model.consistency.environment import problems_of_environment, problems_with
from quadrant_platform.model.consistency.salvage import NO_GAPS, Gaps
from quadrant_platform.model.schema.system import System

__all__ = ["problems_of", "problems_of_environment", "problems_with"]

CHECKS: tuple[Check, ...] = (
    names.unique, names.letters_first, names.renamed, names.namespaces, names.labels,
    rows.rows, rows.repeated,
    stores.homes, stores.poolers, stores.cache_memory, stores.listeners, stores.pools,
    routes.targets, routes.middlewares, routes.forward_auth, routes.certificate, routes.repeated,
    files.references, files.unused, files.paths, files.variables, files.key_files, files.placeholders,
    files.secret_references, files.one_value, files.secret_keys, files.secret_cycles,
    delivery.rollouts, delivery.jobs, delivery.backups, delivery.drills, delivery.dev_ports,
    alerts.load,
    routes.exits, routes.single_hosts,
    lengths.names, lengths.common_name, lengths.files, modes.keys,
)  # fmt: skip


def problems_of(system: System, gaps: Gaps = NO_GAPS) -> list[Problem]:
    """Return what does not fit together in a system, less what only `gaps` explain."""
    context = Context(system, gaps)
    return list(dict.fromkeys(problem for check in CHECKS for problem in check(context)))

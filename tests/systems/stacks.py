"""The shipped stacks, planned, and their connections as plain triples."""

from functools import cache
from pathlib import Path

import yaml

from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.loader import load_environment, load_system, system_file
from quadrant_platform.model.schema.types import Stage

ROOT = Path(__file__).parents[2]


@cache
def planned(system: str, stage: Stage) -> Plan:
    """The plan of a system's shipped stack."""
    config = yaml.safe_load((ROOT / f"Pulumi.{system}-{stage}.yaml").read_text(encoding="utf-8"))["config"]
    environment = load_environment(config["quadrant:environment"], config.get("quadrant:overrides", {}))
    return plan(load_system(system_file(config["quadrant:system"])), environment)


def written(system: str, stage: Stage) -> set[tuple[str, str, int]]:
    """The rows of the flow table, as source, target and the port that clients use."""
    return {
        (row.source.id, row.target.id, row.listener.published or row.listener.number)
        for row in planned(system, stage).matrix.rows
        if row.implied is None
    }


def reached_by(system: str, stage: Stage, source: str) -> set[tuple[str, int]]:
    """Every target that a source may connect to, and the port, name resolution aside."""
    return {
        (row.target.id, row.listener.published or row.listener.number)
        for row in planned(system, stage).matrix.rows
        if row.source.id == source and row.implied != "dns"
    }

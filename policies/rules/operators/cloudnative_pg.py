"""CloudNativePG: schedules with seconds, replication that can be had, and budgets that let a node be drained.

Sources: internal/webhook/v1 and pkg/specs/poddisruptionbudget.go of github.com/cloudnative-pg/cloudnative-pg, and
parser.go of github.com/robfig/cron at 1.2, with which it reads schedules.
"""

from collections.abc import Iterator, Mapping

from quadrant_platform.policies.core import Finding, Level, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.absence import CNPG
from quadrant_platform.policies.validation.go_durations import go_seconds

_FIELDS = (("second", 0, 59), ("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12),
           ("day of the week", 0, 6))  # fmt: skip
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "sun mon tue wed thu fri sat".split()
_NAMES: Mapping[str, Mapping[str, int]] = {
    "month": {name: index for index, name in enumerate(_MONTHS, 1)},
    "day of the week": {name: index for index, name in enumerate(_DAYS)},
}
_DESCRIPTORS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_EVERY = "@every "


def wrong_schedule(text: str) -> str:
    """Return what is wrong with a schedule, as the operator reads it; nothing where it is fine."""
    if text.startswith("@"):
        known = text in _DESCRIPTORS or (text.startswith(_EVERY) and go_seconds(text.removeprefix(_EVERY)) is not None)
        return "" if known else "it is no descriptor"
    words = text.split()
    if len(words) not in (5, 6):
        return f"it has {len(words)} fields and not six: second, minute, hour, day of the month, month, day of the week"
    for word, (name, least, most) in zip(words, _FIELDS, strict=False):
        if not all(_is_range(part, least, most, _NAMES.get(name, {})) for part in word.split(",") if part):
            return f"{word!r} is no {name}"
    return "" if len(words) == 6 else "the first of its five fields are seconds, so that it runs at other times"


def _is_range(text: str, least: int, most: int, names: Mapping[str, int]) -> bool:
    span, *steps = text.split("/")
    ends = (
        [_number(end, names) for end in span.split("-")] if span.partition("-")[0] not in ("*", "?") else [least, most]
    )
    numbers = [end for end in ends if end is not None]
    if len(numbers) != len(ends) or len(ends) > 2 or len(steps) > 1 or (steps and not _is_step(steps[0])):
        return False
    last = most if steps and len(ends) == 1 else numbers[-1]
    return least <= numbers[0] <= last <= most


def _is_step(text: str) -> bool:
    number = _number(text, {})
    return number is not None and number > 0


def _number(text: str, names: Mapping[str, int]) -> int | None:
    bare = text.removeprefix("+")
    return names.get(text.lower(), int(bare) if bare.isascii() and bare.isdigit() else None)


def schedules(subject: Subject) -> Iterator[Finding]:
    """Check that a ScheduledBackup has a schedule of six fields that the operator takes."""
    schedule = subject.node.at("spec", "schedule")
    if subject.obj.group == CNPG and (wrong := wrong_schedule(schedule.text())):
        yield Finding(f"{schedule.path} {schedule.text()!r}: {wrong}", "schedule")


def replication(subject: Subject) -> Iterator[Finding]:
    """Check that no more synchronous standbys are asked for than there are beside the primary."""
    if subject.obj.group != CNPG:
        return
    spec = subject.node.at("spec")
    instances, asked = spec.at("instances").integer() or 1, spec.at("postgresql", "synchronous")
    number = asked.at("number").integer() or 0
    others = sum(1 for field in ("standbyNamesPre", "standbyNamesPost") for _ in asked.at(field).items())
    if asked.present() and number >= instances + others:
        text = f"{asked.path}.number is {number} of {instances} instances: one is the primary"
        yield Finding(text, "synchronous")
    least, most = (spec.at(field).integer() or 0 for field in ("minSyncReplicas", "maxSyncReplicas"))
    if max(least, most) > 0 and most >= instances:
        yield Finding(f"spec.maxSyncReplicas is {most} of {instances} instances: one is the primary", "synchronous")
    if least > most:
        yield Finding(f"spec.minSyncReplicas {least} is more than spec.maxSyncReplicas {most}", "synchronous")


def budget(subject: Subject) -> Iterator[Finding]:
    """Check that the operator's budget of a single instance does not keep its node from being drained."""
    if subject.obj.group != CNPG:
        return
    spec = subject.node.at("spec")
    single = (spec.at("instances").integer() or 1) == 1
    window = spec.at("nodeMaintenanceWindow", "inProgress").flag() is True
    if single and spec.at("enablePDB").flag() is not False and not window:
        yield Finding("spec.instances is 1 and spec.enablePDB is not false: a drain of its node never ends", "budget")


POLICIES = (
    ResourcePolicy(
        name="cnpg-schedules", title="Backups of CloudNativePG run when they should",
        severity=Severity.HIGH, tags=("backup",), kinds=frozenset({"ScheduledBackup"}), predicate=schedules,
        why="CloudNativePG's schedules begin with seconds: `0 2 * * *`, the second hour elsewhere, is the second "
        "minute of every hour.",
        remedy="Write six fields, such as `0 0 2 * * *` for 02:00 each day.",
    ),
    ResourcePolicy(
        name="cnpg-replication", title="Synchronous replication has standbys",
        severity=Severity.HIGH, tags=("availability",), kinds=frozenset({"Cluster"}), predicate=replication,
        why="The operator refuses a Cluster with more synchronous standbys than instances beside the primary; where "
        "it did not, every write would wait for ever.",
        remedy="Add instances, or ask for fewer synchronous standbys, and none for a single instance.",
    ),
    ResourcePolicy(
        name="cnpg-single-instance", title="A single database lets its node be drained", level=Level.ADVISORY,
        severity=Severity.MEDIUM, tags=("availability",), kinds=frozenset({"Cluster"}), predicate=budget,
        why="The operator's PodDisruptionBudget keeps the one instance, so that upgrades of nodes stop at it.",
        remedy="Set enablePDB to false, or run two instances or more.",
    ),
)  # fmt: skip

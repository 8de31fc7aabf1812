"""Names: one meaning each, and none that the platform uses itself."""

from collections.abc import Iterator, Mapping

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.consistency.labels import label_problems
from quadrant_platform.model.expansion.workloads import declared_namespace
from quadrant_platform.model.schema.types import Segment

RESERVED: dict[str, str] = {
    **dict.fromkeys(("traefik", "traefik-egress", "edge", "egress"), "the platform's Traefik"),
    **dict.fromkeys(("internet", "public", "nodes", "api-server"), "addresses outside the cluster"),
    **dict.fromkeys(("dns", "dns-cache", "monitoring"), "control planes"),
    "dashboard": "routes to Traefik's dashboard",
    "default-deny": "each namespace's first NetworkPolicy",
    "kubernetes": "the Kubernetes API",
}
"""Names that the platform uses in flows, routes or objects, and for what."""


def unique(context: Context) -> Found:
    """Check that every name has one meaning, Services of aliases and rollouts included."""
    taken: dict[str, KeyPath] = {}
    for name, path in _names(context):
        if name in RESERVED:
            yield Problem(path, f"the name {name!r} is reserved for {RESERVED[name]}", "choose another name")
        elif name in taken:
            other = _written(taken[name])
            what = f"the name {name!r} is used twice, here and at {other}; flows and Services are found by name"
            yield Problem(path, what, "rename one of them")
        taken.setdefault(name, path)


def _names(context: Context) -> Iterator[tuple[str, KeyPath]]:
    for section, (_, entries) in context.sections.items():
        yield from ((name, (section, name)) for name in entries)
    for name, service in context.system.services.items():
        path: KeyPath = ("services", name)
        yield from ((alias, (*path, "aliases", alias)) for alias in service.aliases)
        for key, other in (
            ("activeService", service.rollout.active_service), ("previewService", service.rollout.preview_service),
        ):  # fmt: skip
            if other is not None and other != name:
                yield other, (*path, "rollout", key)
    yield from _derived(context)


def _derived(context: Context) -> Iterator[tuple[str, KeyPath]]:
    """Iterate over the Services that data stores have beside their own."""
    for path, store in context.stores.items():
        reader = getattr(store, "read_only_service", None)
        if reader is not None:
            yield reader, (*path, "readOnlyService")
    for name, cache in context.system.caches.items():
        if cache.mode == "sentinel":
            yield f"{name}-sentinel", ("caches", name)


def renamed(context: Context) -> Found:
    """Check that a former name is in nobody's use, and is that of one row: its data would have two owners."""
    used, taken = dict(_names(context)), dict[str, KeyPath]()
    for section, name, row in context.system.renamable():
        for index, former in enumerate(row.renamed_from):
            path: KeyPath = (section, name, "renamedFrom", index)
            if former == name:
                yield Problem(path, f"{name!r} is the present name", "write the names that it had before")
            elif former in used:
                what = f"{former!r} is in use at {_written(used[former])}; a former name is nobody's"
                yield Problem(path, what, "give that row another name, or leave this one out")
            elif former in taken:
                what = f"{former!r} is a former name of {_written(taken[former])} too; data has one owner"
                yield Problem(path, what, "leave it out where it is wrong")
            taken.setdefault(former, path[:2])


def _written(path: KeyPath) -> str:
    return ".".join(str(part) for part in path)


def letters_first(context: Context) -> Found:
    """Check that a Service's name is a DNS label that begins with a letter."""
    for name, path in _names(context):
        if name[:1].isdigit() and path[0] != "jobs":
            what = f"{name!r} begins with a digit, and the name of a Service begins with a letter"
            yield Problem(path, what, "put a letter in front")


def namespaces(context: Context) -> Found:
    """Check that segments do not share a namespace, where they would not be isolated."""
    taken: dict[str, str] = {}
    for segment in Segment:
        name = declared_namespace(context.system, segment)
        if name in taken:
            what = f"the namespace {name!r} is that of segment {taken[name]} too, and a segment is isolated by its own"
            yield Problem(("segments", str(segment), "namespace"), what, "give each segment a namespace")
        taken[name] = str(segment)


def labels(context: Context) -> Found:
    """Check that labels have Kubernetes' form and no prefix of the platform."""
    places: dict[KeyPath, Mapping[str, str]] = {
        ("segments", str(segment)): settings.labels for segment, settings in context.system.segments.items()
    }
    places |= {("services", name): service.labels for name, service in context.system.services.items()}
    places |= {path: getattr(store, "labels", {}) for path, store in context.stores.items()}
    for path, chosen in places.items():
        for key, value in chosen.items():
            yield from label_problems((*path, "labels", key), key, value)

"""Lengths: names and files that Kubernetes, or what runs in it, would find too long."""

from collections.abc import Iterable

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.expansion.configs import file_text
from quadrant_platform.model.schema.types import Renamable

STATEFUL_SET = 52
"""A pod's label holds the name of its set and eleven characters more."""
OPERATED_CLUSTER = 50
"""CloudNativePG's own limit; it derives names of Services and jobs from a cluster's."""
COMMON_NAME = 64
"""X.509's limit."""
MEBIBYTE = 2**20
"""What all values of a ConfigMap or a Secret may have together."""
SENTINELS = "-sentinel"


def names(context: Context) -> Found:
    """Check that names leave room for what is appended to them."""
    for name, cache in context.system.caches.items():
        if cache.mode == "sentinel":
            limit, why = STATEFUL_SET - len(SENTINELS), f"its Sentinels' StatefulSet is `{name}{SENTINELS}`"
            yield from _named(("caches", name), name, cache, limit, why)
    for section, databases in (
        ("databases", context.system.databases), ("externalDatabases", context.system.external_databases),
    ):  # fmt: skip
        for name, database in databases.items():
            if database.engine == "postgresql":
                why = "CloudNativePG takes no longer name of a cluster"
                yield from _named((section, name), name, database, OPERATED_CLUSTER, why)


def _named(path: KeyPath, name: str, row: Renamable, limit: int, why: str) -> Found:
    """Check a name, and the one under which the data began, which its objects keep."""
    last = len(row.renamed_from) - 1
    for place, one in ((path, name), ((*path, "renamedFrom", last), row.data_name(name))):
        if len(one) > limit and (place == path or one != name):
            what = f"{one!r} has {len(one)} characters, and {limit} fit: {why}"
            yield Problem(place, what, f"shorten it by {len(one) - limit}")


def common_name(context: Context) -> Found:
    """Check that the certificate's common name fits; the hosts may be longer."""
    certificate = context.system.edge.certificate
    if certificate is not None and len(certificate.common_name) > COMMON_NAME:
        what = f"the common name has {len(certificate.common_name)} characters, and a certificate's has {COMMON_NAME}"
        yield Problem(("edge", "certificate", "commonName"), what, "name a shorter one of the hosts")


def files(context: Context) -> Found:
    """Check that what becomes one ConfigMap or Secret is small enough for it."""
    for name, config in context.system.configs.items():
        yield from _sized(("configs", name, "content"), [file_text(config)])
    for name, job in context.system.jobs.items():
        yield from _sized(("jobs", name, "files"), job.files.values())
    for name, database in context.system.databases.items():
        yield from _sized(("databases", name, "settings"), [database.settings])
    for name, secret in context.system.secrets.items():
        values = [key.compose or "x" * key.length for key in secret.keys.values()]
        yield from _sized(("secrets", name, "keys"), values)


def _sized(path: KeyPath, texts: Iterable[str]) -> Found:
    size = sum(len(text.encode()) for text in texts)
    if size > MEBIBYTE:
        what = f"{size} bytes in one object, and Kubernetes takes {MEBIBYTE}"
        yield Problem(path, what, "split it, or let the image or a volume carry it")

"""Labels: Kubernetes' form of keys and values, and the prefixes that the platform selects by."""

import re

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Found
from quadrant_platform.model.schema.types import DNS_LABEL
from quadrant_platform.vocabulary import POD_SECURITY_PREFIX, PREFIX

RESERVED_PREFIXES = ("app.kubernetes.io/", PREFIX, POD_SECURITY_PREFIX, "kubernetes.io/")
_LABEL_WORD = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_SUBDOMAIN = re.compile(rf"{DNS_LABEL}(\.{DNS_LABEL})*")


def label_problems(path: KeyPath, key: str, value: str) -> Found:
    """Check a label that a file sets."""
    prefix, slash, word = key.rpartition("/")
    if key.startswith(RESERVED_PREFIXES):
        yield Problem(path, f"the label {key!r} is reserved: policies select by it", "use a prefix of yours")
    elif not _LABEL_WORD.fullmatch(word) or (slash and not _SUBDOMAIN.fullmatch(prefix)):
        what = f"{key!r} is not a label's key: at most 63 letters, digits and -_. after an optional DNS name and /"
        yield Problem(path, what, "correct the key")
    if value and not _LABEL_WORD.fullmatch(value):
        what = f"{value!r} is not a label's value: at most 63 letters, digits and inner -_."
        yield Problem(path, what, "correct the value")

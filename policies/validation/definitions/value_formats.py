"""The formats of texts and numbers that a definition may name."""

import ipaddress
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

_DURATION = re.compile(r"-?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+|\d+\s*(d|w|day|days|week|weeks)")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)")


def read_by(read: Callable[[str], object]) -> Callable[[str], bool]:
    """Return the check that a function reads a text, and raises no ValueError."""

    def holds(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return holds


def _date_time(text: str) -> bool:
    return bool(_DATE_TIME.fullmatch(text)) and read_by(datetime.fromisoformat)(text[:19].upper())


TEXTS: Final[Mapping[str, Callable[[str], bool]]] = {
    "cidr": read_by(lambda text: ipaddress.ip_network(text, strict=False) if "/" in text else int("")),
    "date": read_by(date.fromisoformat),
    "date-time": _date_time,
    "duration": lambda text: bool(_DURATION.fullmatch(text)),
    "ipv4": read_by(ipaddress.IPv4Address),
    "ipv6": read_by(ipaddress.IPv6Address),
    "password": lambda _: True,
    "uuid": read_by(uuid.UUID),
}
"""Whether a text has a format."""
WITHOUT_EFFECT: Final = frozenset({"", "double", "float", "int32", "int64"})
"""Formats that Kubernetes does not look at."""

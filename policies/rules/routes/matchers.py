"""The matchers of Traefik's rules: their names, and what each takes, by protocol and syntax.

Source: pkg/muxer/http and pkg/muxer/tcp of github.com/traefik/traefik/v3.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Literal, NamedTuple

Syntax = Literal["v2", "v3"]
Protocol = Literal["http", "tcp"]
Check = Callable[[str], str]
"""Tells what is wrong with a value; nothing where it is fine."""

_HOST_OR_ADDRESS = re.compile(r"(\*\.)?[\w.:-]+", re.ASCII)
_TEMPLATE = re.compile(r"\{[A-Za-z]\w*(:[^}]*)?\}")
_LOOKAROUND = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]")
_REFUSED_BY_BOTH = ("missing )", "unterminated", "unbalanced parenthesis", "nothing to repeat", "multiple repeat")
"""How Python words what Go's patterns refuse too; on all else the two may differ."""
_ALPN_OF_ACME = "acme-tls/1"


class Matcher(NamedTuple):
    """What a matcher takes: how many values, of any number if none is said, and which."""

    counts: tuple[int, ...]
    checks: tuple[Check, ...] = ()
    paired: str = ""
    """What stands between a key and its value, where each key needs one."""

    def wrong(self, values: Sequence[str]) -> Iterator[str]:
        """Yield what is wrong with the values."""
        if not values or (self.counts and len(values) not in self.counts):
            wanted = " or ".join(map(str, self.counts)) or "at least 1"
            yield f"takes {wanted} value{'' if wanted == '1' else 's'} and has {len(values)}"
        parts = [part for value in values for part in value.split(self.paired, 1)] if self.paired else []
        if len(parts) % 2:
            yield "has a key without a value"
        for value in values:
            yield from ["has an empty value"] if not value else filter(None, (check(value) for check in self.checks))


def _ascii(value: str) -> str:
    return "" if value.isascii() else f"has letters that no host name has: {value!r}"


def _path(value: str) -> str:
    return "" if value.startswith("/") else f"has a path that does not begin with a slash: {value!r}"


def _pattern(value: str) -> str:
    if _LOOKAROUND.search(value):
        return f"has a pattern with what Go's do not know, a look around or a reference back: {value!r}"
    try:
        re.compile(value)
    except re.error as error:
        quoted = "\\Q" in value
        return (
            f"has a pattern that is none: {value!r}" if str(error).startswith(_REFUSED_BY_BOTH) and not quoted else ""
        )
    return ""


def _address(value: str) -> str:
    try:
        ip_network(value, strict=False) if "/" in value else ip_address(value)
    except ValueError:
        return f"has a value that is neither an address nor a block of some: {value!r}"
    return ""


def _server(value: str) -> str:
    return "" if value == "*" or _HOST_OR_ADDRESS.fullmatch(value) else f"has a value that is no host name: {value!r}"


def _protocol(value: str) -> str:
    return f"may not take {_ALPN_OF_ACME}" if value == _ALPN_OF_ACME else ""


def _literal(value: str) -> str:
    """Tell a template of version 2, which version 3 takes letter by letter."""
    found = _TEMPLATE.search(value)
    return f"has {found[0]!r}, a template of version 2, which version 3 takes letter by letter" if found else ""


_ONE, _TWO, _PAIR = (1,), (2,), (1, 2)
_TABLES: Mapping[tuple[Protocol, Syntax], Mapping[str, Matcher]] = {
    ("http", "v3"): {
        "ClientIP": Matcher(_ONE, (_address,)), "Method": Matcher(_ONE), "Host": Matcher(_ONE, (_ascii, _literal)),
        "HostRegexp": Matcher(_ONE, (_ascii, _pattern, _literal)), "Path": Matcher(_ONE, (_path, _literal)),
        "PathRegexp": Matcher(_ONE, (_pattern, _literal)), "PathPrefix": Matcher(_ONE, (_path, _literal)),
        "Header": Matcher(_TWO), "HeaderRegexp": Matcher(_TWO, (_pattern,)), "Query": Matcher(_PAIR),
        "QueryRegexp": Matcher(_PAIR, (_pattern,)),
    },
    ("http", "v2"): {
        "ClientIP": Matcher((), (_address,)), "Method": Matcher(()), "Host": Matcher((), (_ascii,)),
        "HostHeader": Matcher((), (_ascii,)), "HostRegexp": Matcher((), (_ascii,)), "Path": Matcher((), (_path,)),
        "PathPrefix": Matcher((), (_path,)), "Headers": Matcher((), (), "\0"),
        "HeadersRegexp": Matcher((), (_pattern,), "\0"), "Query": Matcher((), (), "="),
    },
    ("tcp", "v3"): {
        "ALPN": Matcher(_ONE, (_protocol,)), "ClientIP": Matcher(_ONE, (_address,)),
        "HostSNI": Matcher(_ONE, (_server,)), "HostSNIRegexp": Matcher(_ONE, (_ascii, _pattern, _literal)),
    },
    ("tcp", "v2"): {
        "ALPN": Matcher((), (_protocol,)), "ClientIP": Matcher((), (_address,)),
        "HostSNI": Matcher((), (_server,)), "HostSNIRegexp": Matcher((), (_ascii,)),
    },
}  # fmt: skip


def spelled(protocol: Protocol, syntax: Syntax) -> Mapping[str, str]:
    """Return the name of each matcher by the ways in which Traefik lets it be written."""
    names = _TABLES[protocol, syntax]
    ways = {name: (name, name.lower(), name.upper(), name.capitalize()) for name in names}
    return {way: name for name, spellings in ways.items() for way in spellings}


def wrong_values(protocol: Protocol, syntax: Syntax, name: str, values: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the values of a matcher."""
    return _TABLES[protocol, syntax][name].wrong(values)

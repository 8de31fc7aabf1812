"""Rules of Traefik's routers, read as far as hosts and paths go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\w+)\s*\(|(?P<text>`[^`]*`|\"(?:[^\"\\]|\\.)*\"|'[^']*')|(?P<sign>&&|\|\||[!(),]))"
)
_LITERAL = re.compile(r"\^?(/[\w/.~-]*)(\.\*)?(?P<end>\$?)", re.ASCII)
Holds = Callable[[str, str], bool]


class RuleSyntaxError(Exception):
    """The text is no rule."""


class PathTest(NamedTuple):
    """What a rule asks of paths: exactly one, or all that begin with some letters."""

    path: str
    exact: bool


@dataclass(frozen=True)
class RouterRule:
    """A rule: what it asks of hosts and paths, and whether it may hold for a request."""

    holds: Holds
    hosts: tuple[str, ...]
    paths: tuple[PathTest, ...]


class _Token(NamedTuple):
    kind: str
    text: str


class _Reader:
    """Reads alternatives of conjunctions of matchers, as the operators bind."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.hosts: list[str] = []
        self.paths: list[PathTest] = []

    def next_is(self, *signs: str) -> bool:
        """Return whether the next token is one of some signs, and take it."""
        if not self.tokens or self.tokens[0].kind != "sign" or self.tokens[0].text not in signs:
            return False
        self.tokens.pop(0)
        return True

    def alternatives(self) -> Holds:
        found = [self.conjunction()]
        while self.next_is("||"):
            found.append(self.conjunction())
        return lambda host, path: any(one(host, path) for one in found)

    def conjunction(self) -> Holds:
        found = [self.term()]
        while self.next_is("&&"):
            found.append(self.term())
        return lambda host, path: all(one(host, path) for one in found)

    def term(self) -> Holds:
        denied = self.next_is("!")
        if self.next_is("("):
            inside = self.alternatives()
            self.closed()
            return (lambda host, path: not inside(host, path)) if denied else inside
        if not self.tokens or self.tokens[0].kind != "name":
            raise RuleSyntaxError("a matcher is missing")
        return self.matcher(self.tokens.pop(0).text, self.values(), denied=denied)

    def values(self) -> list[str]:
        """Return what is in the parentheses of a matcher."""
        found = []
        while self.tokens and self.tokens[0].kind == "text":
            found.append(self.tokens.pop(0).text[1:-1])
            self.next_is(",")
        self.closed()
        return found

    def closed(self) -> None:
        """Take the end of a parenthesis."""
        if not self.next_is(")"):
            raise RuleSyntaxError("a parenthesis is not closed")

    def matcher(self, name: str, values: list[str], *, denied: bool) -> Holds:
        """Return what a matcher says; one of anything else than hosts and paths may hold, denied or not."""
        if name not in _OF_HOST and name not in _OF_PATH:
            return lambda *_: True
        if not denied:
            self.hosts += values if name == "Host" else ()
            self.paths += [one for value in values for one in _path_tests(name, value)]
        if name in _OF_HOST:
            hosts = [_OF_HOST[name](value) for value in values]
            return lambda host, _: any(one(host) for one in hosts) is not denied
        paths = [_OF_PATH[name](value) for value in values]
        return lambda _, path: any(one(path) for one in paths) is not denied


def parsed(text: str) -> RouterRule:
    """Return a rule. Raises RuleSyntaxError."""
    reader = _Reader(text)
    holds = reader.alternatives()
    if reader.tokens:
        raise RuleSyntaxError("something follows the rule")
    return RouterRule(holds, tuple(reader.hosts), tuple(reader.paths))


def _tokens(text: str) -> Iterator[_Token]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise RuleSyntaxError(f"{text[place:]!r} is no part of a rule")
        yield _Token(found.lastgroup, found[found.lastgroup])
        place = found.end()


def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text)
    except re.error:  # Go's patterns are others; such a one may hold
        return None


def _matches(text: str) -> Callable[[str], bool]:
    pattern = _pattern(text)
    return lambda value: pattern is None or pattern.search(value) is not None


def _path_tests(name: str, value: str) -> Iterator[PathTest]:
    """Yield what a matcher asks of paths; of a pattern, where it is literal."""
    if name == "PathRegexp":
        found = _LITERAL.fullmatch(value)
        if found:
            yield PathTest(found[1], exact=bool(found["end"]) and not found[2])
    elif name in ("Path", "PathPrefix"):
        yield PathTest(value, exact=name == "Path")


_OF_HOST: dict[str, Callable[[str], Callable[[str], bool]]] = {
    "Host": lambda value: lambda host: value in ("*", host) or host == value.lower(),
    "HostRegexp": _matches,
}
_OF_PATH: dict[str, Callable[[str], Callable[[str], bool]]] = {
    "Path": lambda value: lambda path: path == value,
    "PathPrefix": lambda value: lambda path: path.startswith(value),
    "PathRegexp": _matches,
}

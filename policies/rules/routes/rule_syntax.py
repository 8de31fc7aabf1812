"""Rules of Traefik's routers, read as far as hosts and paths go."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from quadrant_platform.policies.rules.routes.matchers import Protocol, Syntax, spelled, wrong_values

_ESCAPE = r"\\(?:[abfnrtv\\\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
_TOKEN = re.compile(
    rf"\s*(?:(?P<name>\w+)\s*\(|(?P<raw>`[^`]*`)|(?P<text>\"(?:[^\"\\\n]|{_ESCAPE})*\")|(?P<sign>&&|\|\||[!(),]))"
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

    def __init__(self, text: str, protocol: Protocol, syntax: Syntax) -> None:
        self.tokens = list(_tokens(text))
        self.protocol, self.syntax = protocol, syntax
        self.names = spelled(protocol, syntax)
        self.hosts: list[str] = []
        self.paths: list[PathTest] = []

    def next_is(self, *signs: str) -> bool:
        """Return whether the next token is one of some signs, and take it."""
        if not self.tokens or self.tokens[0].kind != "sign" or self.tokens[0].text not in signs:
            return False
        self.tokens.pop(0)
        return True

    def alternatives(self, *, denied: bool = False) -> Holds:
        found = [self.conjunction(denied=denied)]
        while self.next_is("||"):
            found.append(self.conjunction(denied=denied))
        return lambda host, path: any(one(host, path) for one in found)

    def conjunction(self, *, denied: bool = False) -> Holds:
        found = [self.term(denied=denied)]
        while self.next_is("&&"):
            found.append(self.term(denied=denied))
        return lambda host, path: all(one(host, path) for one in found)

    def term(self, *, denied: bool = False) -> Holds:
        """Return a matcher or what is in parentheses; `denied` tells whether the whole is, for what it names."""
        if self.next_is("!"):
            inside = self.term(denied=not denied)
            return inside if inside is _MAY_HOLD else lambda host, path: not inside(host, path)
        if self.next_is("("):
            inside = self.alternatives(denied=denied)
            self.closed()
            return inside
        if not self.tokens or self.tokens[0].kind != "name":
            raise RuleSyntaxError("a matcher is missing")
        return self.matcher(self.tokens.pop(0).text, self.values(), denied=denied)

    def values(self) -> list[str]:
        """Return what is in the parentheses of a matcher."""
        found = list[str]()
        while not self.next_is(")"):
            if not self.tokens or self.tokens[0].kind != "text":
                raise RuleSyntaxError("a value in `backticks` or a parenthesis at the end is missing")
            found.append(self.tokens.pop(0).text)
            if not self.next_is(","):
                self.closed()
                break
        return found

    def closed(self) -> None:
        """Take the end of a parenthesis."""
        if not self.next_is(")"):
            raise RuleSyntaxError("a parenthesis is not closed")

    def matcher(self, written: str, values: list[str], *, denied: bool) -> Holds:
        """Return what a matcher says; one of anything else than hosts and paths may hold, denied or not."""
        name = self.names.get(written)
        if name is None:
            raise RuleSyntaxError(f"{written} is no matcher of {self.protocol.upper()} in syntax {self.syntax}")
        for wrong in wrong_values(self.protocol, self.syntax, name, values):
            raise RuleSyntaxError(f"{name} {wrong}")
        tests = _OF_HOST.get(name) or _OF_PATH.get(name)
        if tests is None or (self.syntax == "v2" and (name == "HostRegexp" or any("{" in one for one in values))):
            return _MAY_HOLD
        if not denied:
            self.hosts += values if name == "Host" else ()
            self.paths += [one for value in values for one in _path_tests(name, value)]
        found = [tests(value) for value in values]
        return lambda host, path: any(one(host if name in _OF_HOST else path) for one in found)


def _may_hold(_host: str, _path: str) -> bool:
    return True


_MAY_HOLD: Holds = _may_hold


def parsed(text: str, protocol: Protocol = "http", syntax: Syntax = "v3") -> RouterRule:
    """Return a rule. Raises RuleSyntaxError for one that Traefik drops, or that takes no request."""
    reader = _Reader(text, protocol, syntax)
    try:
        holds = reader.alternatives()
    except RecursionError as error:
        raise RuleSyntaxError("its parentheses are nested too deeply") from error
    if reader.tokens:
        raise RuleSyntaxError(f"{reader.tokens[0].text!r} follows the rule")
    return RouterRule(holds, tuple(reader.hosts), tuple(reader.paths))


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the words of a rule, which ends where a line ends after a value or a parenthesis, as Go has it."""
    place, end, complete = 0, len(text.rstrip()), False
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise RuleSyntaxError(f"{text[place:]!r} is no part of a rule")
        if complete and "\n" in text[place : found.start(found.lastgroup)]:
            raise RuleSyntaxError(f"the line may not end before {found[found.lastgroup]!r}: end it with an operator")
        kind, word = found.lastgroup, found[found.lastgroup]
        complete = kind in ("raw", "text") or word == ")"
        value = word[1:-1] if kind == "raw" else str(literal_eval(word)) if kind == "text" else word
        yield _Token("text" if kind == "raw" else kind, value)
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

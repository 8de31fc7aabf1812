"""Paths in the many spellings that clients can give them, and what the words of a path are, told without Traefik."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from hypothesis import strategies as st

SEPARATORS = ("/", "/", "/", "//", "/./", "/x/../", "/%2e/", "/y/%2E%2e/", "%2f", "%2F", "%5c", "\\", "/..;/")
SUFFIXES = ("", "", "", "s", "ors", "%73", "-x", ".", ";a=b", "%00", "%3b", "%25", "%3f", "%23")
ODD = ("..", ".", "%2e%2e", "x", "7", "API", "%61pi", "")
ENDS = ("", "", "/", "//", "/.", "/..", "?next=/api", "%2f")


def segments(path: str, *, decoded_first: bool = True) -> list[str]:
    """Return the words of a path; an encoded slash separates them for those who decode before they split."""
    found: list[str] = []
    text = path.partition("?")[0]
    for one in unquote(text).split("/") if decoded_first else map(unquote, text.split("/")):
        if one == "..":
            found = found[:-1]
        elif one not in ("", "."):
            found.append(one)
    return found


def spelled(words: Sequence[str]) -> st.SearchStrategy[str]:
    """Return paths made of some words, in other spellings and with more before, between and behind them."""
    word = st.one_of(st.sampled_from(words), st.sampled_from(words).map(encoded), st.sampled_from(ODD))
    part = st.tuples(st.sampled_from(SEPARATORS), word, st.sampled_from(SUFFIXES)).map("".join)
    return st.tuples(st.lists(part, max_size=5).map("".join), st.sampled_from(ENDS)).map(lambda it: f"/{''.join(it)}")


def encoded(word: str) -> str:
    """Return a word with its first letter in percent-encoding."""
    return f"%{ord(word[0]):02x}{word[1:]}"

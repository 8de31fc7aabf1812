"""How long a command sleeps, as far as its words tell."""

import re
import shlex
from collections.abc import Iterator, Sequence
from math import inf

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(?P<number>\d+(\.\d+)?|\.\d+)(?P<unit>[smhd]?)\Z", re.ASCII)
_SHELLS = re.compile(r"(.*/)?(sh|bash|dash|ash|zsh|ksh)\Z")
_SCRIPT = re.compile(r"-[a-z]*c[a-z]*\Z")
_UNSURE = re.compile(r"[&|()<>`]+\Z|\$.*|(if|while|until|for|case|function|\{|trap|exit|exec|return)\Z")
"""Words behind which a command may run at another time, never, or not last."""


def seconds_slept(command: Sequence[str]) -> float:
    """Return the seconds that a command sleeps at the least: its own, or those of the steps of a shell's script."""
    if len(command) > 2 and _SHELLS.match(command[0]) and _SCRIPT.match(command[1]):
        return sum(_slept(step) for step in _steps(command[2]))
    return _slept(command)


def _steps(script: str) -> Iterator[list[str]]:
    """Yield the simple commands of a script, up to the first that may not run, or not once."""
    reader = shlex.shlex(script, posix=True, punctuation_chars=";&|()<>`\n")
    reader.whitespace, reader.whitespace_split = " \t\r", True
    step = list[str]()
    try:
        for word in reader:
            if not set(word) - set(";\n") or word == "&&":
                yield step
                step = []
            elif _UNSURE.match(word):
                return
            else:
                step.append(word)
    except ValueError:  # a quote that is not closed
        return
    yield step


def _slept(words: Sequence[str]) -> float:
    if not words or not re.fullmatch(r"(.*/)?sleep", words[0]):
        return 0
    if "infinity" in words:
        return inf
    found = [_DURATION.match(word) for word in words[1:]]
    return sum(float(one["number"]) * _UNITS[one["unit"]] for one in found if one) if all(found) else 0

"""Schema errors in words: what is wrong, why, and the remedy."""

import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from quadrant_platform.documents.problems import Problem, did_you_mean, nearest
from quadrant_platform.documents.schema_paths import WRONG_SHAPE, Fault, faults, keys_at

Words = tuple[str, str]
"""What is wrong and why; the remedy."""

_NOUNS = {
    "int": "a whole number", "string": "text", "dict": "a mapping", "model": "a mapping", "tuple": "a list",
    "bool": "true or false", "float": "a number",
    "date": "a date such as 2027-03-31",
}  # fmt: skip
_EXAMPLES = {
    "segment": "backend", "image": "registry/name:1.2.3", "ports": "{http: 3001}", "why": "what it is for",
    "from": "the client", "to": "the server", "host": "api.example.com", "path": "/…", "storage": "10Gi",
    "keys": "{<file>: {path: <vault path>}}", "egressPort": "9001", "password": "<a name under secrets>",
    "command": "[…]", "schedule": '"0 2 * * *"', "min": "2", "max": "6", "cpu": "500m", "memory": "512Mi",
}  # fmt: skip
_REASONS = {"env": "settings come from configuration files and secrets from files, never from variables"}
_BOUNDS = {
    "greater_than_equal": ("below", "ge", "at least"),
    "greater_than": ("too small", "gt", "more than"),
    "less_than_equal": ("above", "le", "at most"),
    "less_than": ("too big", "lt", "less than"),
}


def explain(error: ValidationError, model: type[BaseModel], data: Any) -> list[Problem]:
    """Return the problems behind a validation error, without file and line."""
    found = faults(error.errors(include_url=False), data)
    renamed = {(*fault.path[:-1], _meant(fault, model) or "") for fault in found if fault.kind == "extra_forbidden"}
    return [
        Problem(fault.path, *_words(fault, model))
        for fault in found
        if not (fault.kind == "missing" and fault.path in renamed)
    ]


def _words(fault: Fault, model: type[BaseModel]) -> Words:
    if fault.kind == "extra_forbidden":
        keys = keys_at(model, fault.path[:-1])
        return f"unknown key {fault.path[-1]!r}", did_you_mean(_last(fault), keys)
    if fault.kind in WRONG_SHAPE or fault.kind.endswith(("_type", "_parsing")):
        return _shape(fault)
    return _WORDINGS.get(fault.kind, _plain)(fault)


def _meant(fault: Fault, model: type[BaseModel]) -> str | None:
    return nearest(_last(fault), keys_at(model, fault.path[:-1]))


def _last(fault: Fault) -> str:
    return str(fault.path[-1]) if fault.path else ""


def _shape(fault: Fault) -> Words:
    kinds = dict.fromkeys(_NOUNS.get(kind.split("_")[0], kind) for kind in fault.alternatives or (fault.kind,))
    return f"expected {' or '.join(kinds)}, found {_found(fault.input)}", _reshape(fault, list(kinds))


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return f"{str(value).lower()}, a truth value"
    return f"{value!r}, text" if isinstance(value, str) else f"the number {value}"


def _reshape(fault: Fault, wanted: list[str]) -> str:
    value = fault.input
    if value is None:
        return "give it a value or remove the key"
    if wanted == ["text"] and not isinstance(value, dict | list):
        return "write it in quotes"
    if wanted == ["a list"] and not isinstance(value, dict | list):
        return f"write [{value}]"
    if wanted == ["a whole number"] and isinstance(value, str) and value.isdigit():
        return "remove the quotes"
    return f"write {' or '.join(wanted)}"


def _missing(fault: Fault) -> Words:
    key = _last(fault)
    return f"{key!r} is missing, and there is no default for it", f"add `{key}: {_EXAMPLES.get(key, '…')}`"


def _pattern(fault: Fault) -> Words:
    text = str(fault.input)
    if str(fault.context.get("pattern", "")).startswith("^/"):
        return f"{text!r} is not an absolute path", f"write {'/' + text.strip()!r}"
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()).strip("-")
    what = f"{text!r} is not a name that DNS accepts: lower-case letters, digits and inner dashes"
    return what, f"write {slug!r}" if slug else "give it a name"


def _choice(fault: Fault) -> Words:
    expected = str(fault.context.get("expected", ""))
    near = nearest(str(fault.input), re.findall(r"'([^']*)'", expected))
    reason = _REASONS.get(str(fault.path[-2]) if fault.on_key and len(fault.path) > 1 else "")
    what = f"{fault.input!r} is not {'a key' if fault.on_key else 'a value'} that is allowed here"
    hint = f"did you mean {near!r}? " if near is not None else ""
    return f"{what}; {reason}" if reason else what, f"{hint}use {expected}"


def _bound(fault: Fault) -> Words:
    relation, key, remedy = _BOUNDS[fault.kind]
    limit = f"{fault.context[key]:g}" if isinstance(fault.context[key], float) else str(fault.context[key])
    what = f"{fault.input} is {relation} {limit}" if key in ("ge", "le") else f"{fault.input} is {relation}"
    return what, f"use {remedy} {limit}"


def _length(fault: Fault) -> Words:
    least, most = fault.context.get("min_length"), fault.context.get("max_length")
    one = "character" if fault.kind.startswith("string") else "entry"
    unit = one if least == 1 else {"entry": "entries"}.get(one, f"{one}s")
    if least is not None:
        return ("it is empty" if not fault.input else f"{fault.input!r} is too short"), f"give at least {least} {unit}"
    return f"it is longer than {most} {unit}", f"shorten it to {most}"


def _own(fault: Fault) -> Words:
    """Split the message of one of our validators, which ends with `; <remedy>`."""
    what, _, remedy = fault.message.removeprefix("Value error, ").partition("; ")
    return what, remedy


def _plain(fault: Fault) -> Words:
    return f"{fault.message[:1].lower()}{fault.message[1:]}", "correct the value"


_WORDINGS: dict[str, Callable[[Fault], Words]] = {
    "missing": _missing,
    "invalid_key": lambda fault: (f"the key {_last(fault)} is a number, and none of the keys here is", "remove it"),
    "string_pattern_mismatch": _pattern,
    "enum": _choice,
    "literal_error": _choice,
    "value_error": _own,
    **dict.fromkeys(_BOUNDS, _bound),
    **dict.fromkeys(("string_too_short", "string_too_long", "too_short", "too_long"), _length),
}

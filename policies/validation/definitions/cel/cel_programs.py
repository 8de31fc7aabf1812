"""Compiled expressions, and what they say of a value."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from quadrant_platform.policies.validation.definitions.cel.cel_functions import FUNCTIONS

_NOT_KNOWN: Final = "Non-CEL value type"
_OURS: Final = "invalid regular expression"
"""An error of an argument that is one of this library and need not be one of the API server's."""
_THEIRS: Final = ("NOT_FOUND", "OUT_OF_RANGE", "INVALID_ARGUMENT", "UNKNOWN: Index error")


@dataclass(frozen=True)
class CelAnswer:
    """A value; or the error that the API server has too; or why there is no answer here."""

    value: Any = None
    error: str = ""
    unknown: str = ""


@dataclass(frozen=True)
class CelProgram:
    """An expression that was compiled; or why it was not."""

    run: Any = None
    unknown: str = ""

    def of(self, value: Any) -> CelAnswer:
        """Evaluate it on a value."""
        try:
            found = self.run.eval(data={"self": value})
        except RuntimeError as error:  # such as too many steps
            return CelAnswer(unknown=_first_line(error))
        if found.type() != _cel().Type.ERROR:
            return CelAnswer(found.plain_value())
        text = str(found.plain_value())
        if _NOT_KNOWN in text:  # its text holds the values, which may be secrets
            return CelAnswer(unknown="a value is not known here")
        theirs = text.startswith(_THEIRS) and _OURS not in text
        return CelAnswer(error=text) if theirs else CelAnswer(unknown=text)


@cache
def compiled(text: str, optional_old: bool = False) -> CelProgram | None:
    """Return an expression; None for one about a change, which says nothing of an object that is created.

    `optional_old` is for one that is asked of a creation too: what was before is then an empty optional.
    """
    found = _compiled(f"cel.bind(oldSelf, optional.none(), {text}\n)") if optional_old else _compiled(text)
    if found.unknown and not optional_old and not _compiled(text, "oldSelf").unknown:
        return None
    return found


def _compiled(text: str, *names: str) -> CelProgram:
    try:
        return CelProgram(_environment(("self", *names)).compile(text))
    except RuntimeError as error:
        return CelProgram(unknown=_first_line(error))


def _first_line(error: RuntimeError) -> str:
    return str(error).splitlines()[0].rpartition("<input>:")[2]


@cache
def _cel() -> Any:
    """Return the library, which only a run with definitions needs."""
    return import_module("cel_expr_python.cel")


@cache
def _environment(names: tuple[str, ...]) -> Any:
    kinds = _cel().Type
    extensions = [
        getattr(import_module(f"cel_expr_python.ext.ext_{name.lower()}"), f"Ext{name}")()
        for name in ("Optional", "Strings", "Bindings")
    ]
    variables = dict.fromkeys(names, kinds.DYN)
    return _cel().NewEnv(variables=variables, extensions=extensions, functions=_declared())


def _declared() -> list[Any]:
    cel, overloads = _cel(), defaultdict[str, list[Any]](list)
    kinds = cel.Type
    types = {
        "bool": kinds.BOOL, "int": kinds.INT, "string": kinds.STRING, "dyn": kinds.DYN,
        "list": kinds.List(kinds.DYN), "shape": kinds.Map(kinds.STRING, kinds.DYN),
    }  # fmt: skip
    for name, signature, function in FUNCTIONS:
        returned, *taken = (types[word] for word in signature.split())
        plain = name.removesuffix("()")
        overloads[plain].append(
            cel.Overload(
                f"{plain}({signature})", return_type=returned, parameters=taken, is_member=plain == name, impl=function
            )
        )
    return [cel.FunctionDecl(name, found) for name, found in overloads.items()]

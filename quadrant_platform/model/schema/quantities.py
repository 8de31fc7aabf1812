"""Quantities: CPU and sizes, read once from Kubernetes' notation and written in its canonical form."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from quadrant_platform.quantities import FACTORS, parse_quantity

_WRITTEN = re.compile(r"\d+(\.\d+)?(m|k|[MGT]|[KMGT]i)?", re.ASCII)
"""The forms that a system file may use; the API server accepts more."""


def _amount(text: str) -> float:
    if _WRITTEN.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a quantity; write a number with a unit, such as 500m, 2, 512Mi or 20Gi")
    return parse_quantity(text)


def number_as_text(value: Any) -> Any:
    """Accept a bare number, such as `cpu: 2`; the parser rejects a missing unit."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number or isinstance(value, Quantity) else value


class Quantity(ABC):
    """A value that is text in files and manifests, and a number in between."""

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Read the value, or raise ValueError with the remedy."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: type[Any], _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate text, and write the canonical form."""
        text = core_schema.no_info_before_validator_function(number_as_text, core_schema.str_schema())
        written = core_schema.to_string_ser_schema()
        return core_schema.no_info_after_validator_function(cls.parse, text, serialization=written)


@dataclass(frozen=True, order=True)
class Cpu(Quantity):
    """CPU time, in thousandths of a core."""

    millicores: int

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        cores = _amount(text)
        if not text.endswith("m") and not text.replace(".", "", 1).isdigit():
            raise ValueError(f"{text!r} is not a CPU quantity; write cores or millicores, such as 500m or 2")
        if not 0 < cores <= 1024:
            raise ValueError(f"{text!r} is outside 1m to 1024 cores")
        if abs(cores * 1000 - round(cores * 1000)) > 1e-6:
            raise ValueError(f"{text!r} is finer than a millicore; round it, such as to 1m")
        return cls(round(cores * 1000))

    def __str__(self) -> str:
        """Return the form that the API server stores: "2", else "500m"."""
        return str(self.millicores // 1000) if self.millicores % 1000 == 0 else f"{self.millicores}m"


@dataclass(frozen=True, order=True)
class Bytes(Quantity):
    """A size of memory or storage."""

    number: int

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        size = _amount(text)
        if text.endswith("m"):
            raise ValueError(f"{text!r} is in thousandths of a byte; did you mean {text[:-1]}Mi?")
        if text[-1].isdigit():
            raise ValueError(f"{text!r} has no unit; a size is written with one, such as 512Mi or 20Gi")
        if size < 2**20:
            raise ValueError(f"{text!r} is under one mebibyte; did you mean {text.rstrip('kKi')}Mi?")
        parsed = cls(round(size))
        if str(parsed)[-1].isdigit():
            raise ValueError(f"{text!r} is no whole number of kilobytes; write it in a smaller unit, such as 1536Mi")
        return parsed

    @classmethod
    def of_mebibytes(cls, number: int) -> Self:
        """Return so many mebibytes."""
        return cls(number * 2**20)

    @property
    def mebibytes(self) -> float:
        """Return the size in units of 2**20 bytes."""
        return self.number / 2**20

    def __str__(self) -> str:
        """Return the largest unit that divides the size, binary units first: the form that the API server stores."""
        for unit in ("Ti", "Gi", "Mi", "Ki", "T", "G", "M", "k"):
            factor = int(FACTORS[unit])
            if self.number % factor == 0:
                return f"{self.number // factor}{unit}"
        return str(self.number)

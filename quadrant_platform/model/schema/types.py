"""Domain types: the vocabulary in which a system and an environment are written."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
"""RFC 1123 label: what Kubernetes accepts as the name of a Service or a namespace."""

_QUANTITY = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<suffix>m|k|M|G|T|Ki|Mi|Gi|Ti)?", re.ASCII)
_DURATION = re.compile(r"(\d+(ms|s|m|h|d))+", re.ASCII)
_DURATION_PART = re.compile(r"(\d+)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_FACTORS: dict[str, float] = {
    "m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
"""The bounds of Kubernetes' CronJobs, in which Sunday is 0 only."""


class Model(BaseModel):
    """A frozen piece of configuration: camelCase on disk, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )


class Segment(StrEnum):
    """The four isolated network segments."""

    FRONTEND = "frontend"
    BACKEND = "backend"
    DATABASE = "database"
    PLATFORM = "platform"


class Stage(StrEnum):
    """The stage that an environment preset stands for."""

    DEV = "dev"
    PROD = "prod"


def _text(value: Any) -> Any:
    """Take a bare number as text: `cpu: 2` is a quantity, and what lacks a unit is told so."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def parse_quantity(text: str) -> float:
    """Return a Kubernetes quantity in base units (cores or bytes)."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a quantity; write a number with a unit, such as 500m, 2, 512Mi or 20Gi")
    return float(match["number"]) * _FACTORS[match["suffix"] or ""]


def _cpu(text: str) -> str:
    cores = parse_quantity(text)
    if not text.endswith("m") and not text.replace(".", "", 1).isdigit():
        raise ValueError(f"{text!r} is not a CPU quantity; write cores or millicores, such as 500m or 2")
    if not 0 < cores <= 1024:
        raise ValueError(f"{text!r} is outside 1m to 1024 cores")
    if abs(cores * 1000 - round(cores * 1000)) > 1e-6:
        raise ValueError(f"{text!r} is finer than a millicore; round it, such as to 1m")
    return cpu_text(cores)


def _bytes(text: str) -> str:
    size = parse_quantity(text)
    if text.endswith("m"):
        raise ValueError(f"{text!r} is in thousandths of a byte; did you mean {text[:-1]}Mi?")
    if text[-1].isdigit():
        raise ValueError(f"{text!r} has no unit; a size is written with one, such as 512Mi or 20Gi")
    if size < 2**20:
        raise ValueError(f"{text!r} is under one mebibyte; did you mean {text.rstrip('kKi')}Mi?")
    if bytes_text(size)[-1].isdigit():
        raise ValueError(f"{text!r} is no whole number of kilobytes; write it in a smaller unit, such as 1536Mi")
    return bytes_text(size)


def cpu_text(cores: float) -> str:
    """Write cores in the canonical form that the API server stores: "2", else "500m"."""
    milli = round(cores * 1000)
    return str(milli // 1000) if milli % 1000 == 0 else f"{milli}m"


def bytes_text(size: float) -> str:
    """Write bytes in the largest unit that divides them, binary units first, the API server's canonical form."""
    whole = round(size)
    for unit in ("Ti", "Gi", "Mi", "Ki", "T", "G", "M", "k"):
        factor = int(_FACTORS[unit])
        if whole % factor == 0:
            return f"{whole // factor}{unit}"
    return str(whole)


def seconds(duration: str) -> int:
    """Return a duration such as "1h30m" in whole seconds, rounded up."""
    total = sum(int(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(duration))
    return -int(-total // 1)


def _duration(text: str) -> str:
    if _DURATION.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a duration; write a number with ms, s, m, h or d, such as 30s or 1h")
    return text


def _cidr(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a CIDR ({error}); write an address block such as 10.0.0.0/8") from None


def _cron_value(token: str, low: int, high: int) -> bool:
    span, _, step = token.partition("/")
    if step and not (step.isdecimal() and int(step) > 0):
        return False
    if span == "*":
        return True
    bounds = span.split("-")
    if len(bounds) > 2 or not all(bound.isdecimal() and low <= int(bound) <= high for bound in bounds):
        return False
    return int(bounds[0]) <= int(bounds[-1])


def _cron(text: str) -> str:
    fields = text.split()
    good = (
        text.isascii()
        and len(fields) == 5
        and all(
            _cron_value(token, *limits)
            for field, limits in zip(fields, _CRON_RANGES, strict=True)
            for token in field.split(",")
        )
    )
    if not good:
        raise ValueError(f"{text!r} is not a schedule; write five cron fields, such as '0 2 * * *' for 02:00 each day")
    return text


def _fqdn(text: str) -> str:
    labels = text.removeprefix("*.").split(".")
    named = all(re.fullmatch(DNS_LABEL, label) for label in labels) and not labels[-1].isdecimal()
    if len(labels) < 2 or len(text) > 253 or not named:
        raise ValueError(f"{text!r} is not a host name; write lower-case labels with dots, such as api.example.com")
    return text


def _image(text: str) -> str:
    name, _, tag = text.partition("@")[0].rpartition(":")
    if not name or "/" in tag or tag == "latest":
        raise ValueError(f"{text!r} is not pinned; name the image with an explicit version tag, such as redis:7.2.5")
    return text


Name = Annotated[str, Field(pattern=rf"^{DNS_LABEL}$", max_length=52)]
"""A workload's name: one DNS label, short enough for the suffixes of CronJob and StatefulSet pods."""
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Cpu = Annotated[str, BeforeValidator(_text), AfterValidator(_cpu)]
Bytes = Annotated[str, BeforeValidator(_text), AfterValidator(_bytes)]
Duration = Annotated[str, BeforeValidator(_text), AfterValidator(_duration)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Cron = Annotated[str, AfterValidator(_cron)]
Fqdn = Annotated[str, AfterValidator(_fqdn)]
Image = Annotated[str, AfterValidator(_image)]
Percent = Annotated[float, Field(gt=0, le=100)]
AbsolutePath = Annotated[str, Field(pattern=r"^/\S*$")]
Why = Annotated[str, Field(min_length=3, max_length=200)]
Tier = Literal[1, 2, 3]
Protocol = Literal["TCP", "UDP"]
PortRef = Annotated[int | str, Field(union_mode="left_to_right")]
"""A container port by number or by name, TCP unless it ends in "/udp"."""

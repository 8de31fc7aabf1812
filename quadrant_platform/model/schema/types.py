"""Domain types: the vocabulary in which a system and an environment are written."""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from quadrant_platform.model.schema.quantities import number_as_text
from quadrant_platform.model.schema.schedule import read_schedule, time_zone

DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
"""RFC 1123 label: what Kubernetes accepts as the name of a Service or a namespace."""

DOMAIN_LENGTH = 100
"""Leaves 150 of a host name's characters to pod, Service and namespace."""
_DURATION = re.compile(r"(\d+(ms|s|m|h|d))+", re.ASCII)
_DURATION_PART = re.compile(r"(\d+)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


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
    """The stage of an environment preset."""

    DEV = "dev"
    PROD = "prod"


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


def _address(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address; write one, or use `hosts`") from None
    return text


def _cron(text: str) -> str:
    read_schedule(text)
    return text


def _time_zone(name: str) -> str:
    time_zone(name)
    return name


def _fqdn(text: str) -> str:
    labels = text.removeprefix("*.").split(".")
    named = all(re.fullmatch(DNS_LABEL, label) for label in labels) and not labels[-1].isdecimal()
    if len(labels) < 2 or len(text) > 253 or not named:
        raise ValueError(f"{text!r} is not a host name; write lower-case labels with dots, such as api.example.com")
    return text


def _domain(text: str) -> str:
    if len(text) > DOMAIN_LENGTH or not all(re.fullmatch(DNS_LABEL, label) for label in text.split(".")):
        what = f"is not a cluster's domain of at most {DOMAIN_LENGTH} characters"
        raise ValueError(f"{text!r} {what}; write lower-case labels with dots, such as cluster.local")
    return text


def _image(text: str) -> str:
    name, _, tag = text.partition("@")[0].rpartition(":")
    if not name or "/" in tag or tag == "latest":
        raise ValueError(f"{text!r} is not pinned; name the image with an explicit version tag, such as redis:7.2.5")
    return text


def _route_path(text: str) -> str:
    """Return a path that has one spelling only, so that no client can write it past the route."""
    segments = text.removeprefix("/").removesuffix("/").split("/") if text != "/" else ["root"]
    good = text.startswith("/") and all(re.fullmatch(r"[\w.~-]+", one, re.ASCII) for one in segments)
    if not good or {".", ".."} & {*segments}:
        what = "is no path of a route, as clients may write the same path in another way"
        remedy = "write segments of letters, digits, hyphens, dots, tildes and underscores, such as /api/v1"
        raise ValueError(f"{text!r} {what}; {remedy}")
    return text


def _without_slash(text: str) -> str:
    return text.rstrip("/") or "/"


def _namespace_prefix(text: str) -> str:
    if text and re.fullmatch(rf"{DNS_LABEL}-", text) is None:
        what = "lower-case letters, digits and hyphens, with a hyphen at the end"
        raise ValueError(f"{text!r} is no prefix of a namespace; write {what}, such as alice-")
    return text


Name = Annotated[str, Field(pattern=rf"^{DNS_LABEL}$", max_length=52)]
"""A workload's name: one DNS label, short enough for the suffixes of CronJob and StatefulSet pods."""
NamespacePrefix = Annotated[str, AfterValidator(_namespace_prefix)]
FormerNames = Annotated[tuple[Name, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
"""One name or several, the latest first."""
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Duration = Annotated[str, BeforeValidator(number_as_text), AfterValidator(_duration)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
IpAddress = Annotated[str, AfterValidator(_address)]
Fqdn = Annotated[str, AfterValidator(_fqdn)]
Domain = Annotated[str, AfterValidator(_domain)]
Image = Annotated[str, AfterValidator(_image)]
Percent = Annotated[float, Field(gt=0, le=100)]
AbsolutePath = Annotated[str, Field(pattern=r"^/\S*$")]
RoutePath = Annotated[str, AfterValidator(_route_path)]
PathPrefix = Annotated[RoutePath, AfterValidator(_without_slash)]
"""A path and all below it."""
Why = Annotated[str, Field(min_length=3, max_length=200)]
Tier = Literal[1, 2, 3]
Protocol = Literal["TCP", "UDP"]
PortRef = Annotated[int | str, Field(union_mode="left_to_right")]
"""A container port by number or by name, TCP unless it ends in "/udp"."""


class Renamable(Model):
    """Something that may have had other names."""

    renamed_from: FormerNames = Field(
        default=(),
        description="former names, the latest first: data keeps the last of them, and nothing of it is replaced",
        json_schema_extra={"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    )

    def data_name(self, name: str) -> str:
        """Return the name under which its data began, given its present one."""
        return self.renamed_from[-1] if self.renamed_from else name

"""Formats of texts and numbers. Each returns what a value must be, or nothing where it is that."""

import re
from collections.abc import Callable
from typing import Final

from quadrant_platform.quantities import exact_quantity

Rule = Callable[[str], str | None]
"""What a text must be."""

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_DNS_LABEL_1035 = re.compile("[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_UNDERSCORED = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SUBDOMAIN_UNDERSCORED = re.compile(rf"{_UNDERSCORED}(\.{_UNDERSCORED})*")
_QUALIFIED = re.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PORT_NAME = re.compile("[-a-z0-9]+")
_PERCENT = re.compile("[0-9]+%")
_IDENTIFIER = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_CONFIG_KEY = re.compile("[-._a-zA-Z0-9]+")
_URL_PATH = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")
_HEADER = re.compile("[-A-Za-z0-9]+")
_SHOWN: Final = 60
_LABEL_MOST: Final = 63
_SUBDOMAIN_MOST: Final = 253
_LARGEST_ID: Final = 2**31 - 1


def shown(value: object) -> str:
    """Return a value for a message, shortened."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def size(text: str) -> int:
    """Return the length of a text as Kubernetes counts it, in bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def dns_label(text: str) -> str | None:
    """Check a DNS label, such as the name of a namespace or a container."""
    if size(text) > _LABEL_MOST or not _DNS_LABEL.fullmatch(text):
        return "must be a DNS label: at most 63 lower-case letters, digits and '-', with a letter or digit at both ends"
    return None


def dns_label_1035(text: str) -> str | None:
    """Check a DNS label that begins with a letter, such as the name of a Service."""
    if size(text) > _LABEL_MOST or not _DNS_LABEL_1035.fullmatch(text):
        return "must be a DNS label: at most 63 lower-case letters, digits and '-', with a letter first and no '-' last"
    return None


def subdomain(text: str) -> str | None:
    """Check a DNS subdomain, such as the name of most objects."""
    if size(text) > _SUBDOMAIN_MOST or not _SUBDOMAIN.fullmatch(text):
        return "must be a DNS name: at most 253 lower-case letters, digits, '-' and '.', no '-' at the end of a part"
    return None


def subdomain_underscored(text: str) -> str | None:
    """Check a DNS subdomain in which underscores are taken too, such as a search domain."""
    if size(text) > _SUBDOMAIN_MOST or not _SUBDOMAIN_UNDERSCORED.fullmatch(text):
        return "must be a DNS name: at most 253 lower-case letters, digits, '-', '_' and '.'"
    return None


def wildcard_subdomain(text: str) -> str | None:
    """Check a DNS subdomain after `*.`."""
    if size(text) > _SUBDOMAIN_MOST or not text.startswith("*.") or not _SUBDOMAIN.fullmatch(text[2:]):
        return "must be '*.' and a DNS name"
    return None


def qualified_domain(text: str) -> str | None:
    """Check a DNS name of at least two labels, with or without a dot at its end."""
    name = text.removesuffix(".")
    if subdomain(name) or "." not in name or any(map(dns_label, name.split("."))):
        return "must be a DNS name of at least two labels of at most 63 characters"
    return None


def qualified_name(text: str) -> str | None:
    """Check the key of a label, an annotation or a resource."""
    prefix, slash, name = text.rpartition("/")
    if slash and subdomain(prefix) is not None:
        return "must have a DNS name before its only '/'"
    if size(name) > _LABEL_MOST or not _QUALIFIED.fullmatch(name):
        return "must be a name of at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
    return None


def label_value(text: str) -> str | None:
    """Check the value of a label."""
    if text and (size(text) > _LABEL_MOST or not _QUALIFIED.fullmatch(text)):
        return "must be at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
    return None


def port_number(number: int) -> str | None:
    """Check a port."""
    return None if 1 <= number <= 65535 else "must be a port from 1 to 65535"


def port_name(text: str) -> str | None:
    """Check the name of a port."""
    letters = any("a" <= letter <= "z" for letter in text)
    if len(text) > 15 or not _PORT_NAME.fullmatch(text) or not letters or "--" in text or "-" in (text[0], text[-1]):
        return "must be a port name: at most 15 lower-case letters, digits and single '-' between them, with a letter"
    return None


def percent(text: str) -> str | None:
    """Check a percentage."""
    return None if _PERCENT.fullmatch(text) else "must be a percentage, such as 25%"


def user_id(number: int) -> str | None:
    """Check the number of a user or group."""
    return None if 0 <= number <= _LARGEST_ID else f"must be from 0 to {_LARGEST_ID}"


def identifier(text: str) -> str | None:
    """Check an identifier of C."""
    return None if _IDENTIFIER.fullmatch(text) else "must be letters, digits and '_', with no digit first"


def env_name(text: str) -> str | None:
    """Check the name of an environment variable."""
    if text and all(" " <= letter <= "~" and letter != "=" for letter in text):
        return None
    return "must be printable ASCII characters without '='"


def config_key(text: str) -> str | None:
    """Check a key of a ConfigMap or a Secret."""
    if size(text) > _SUBDOMAIN_MOST or not _CONFIG_KEY.fullmatch(text) or text == "." or text.startswith(".."):
        return "must be at most 253 letters, digits, '-', '_' and '.', and neither '.' nor begin with '..'"
    return None


def header_name(text: str) -> str | None:
    """Check the name of a header."""
    return None if _HEADER.fullmatch(text) else "must be letters, digits and '-'"


def quantity(text: str) -> str | None:
    """Check an amount."""
    try:
        exact_quantity(text)
    except ValueError:
        return "must be a quantity, such as 500m, 2 or 128Mi"
    return None


def prefix_of(rule: Rule) -> Rule:
    """Return the rule of a name to which letters are added, for which a '-' at the end is taken."""
    return lambda text: rule(f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text)


def relative_path(text: str) -> str | None:
    """Check a path below a folder."""
    if text.startswith("/"):
        return "must be a relative path"
    return no_backsteps(text)


def no_backsteps(text: str) -> str | None:
    """Check that a path does not lead upwards."""
    return "must not contain '..'" if ".." in text.split("/") else None


def local_path(text: str) -> str | None:
    """Check a path below a folder whose first letters are not reserved."""
    return relative_path(text) or ("must not start with '..'" if text.startswith("..") else None)


def file_mode(number: int) -> str | None:
    """Check the mode of a file."""
    return None if 0 <= number <= 0o777 else "must be a mode from 0 to 0777"


def url_path(text: str) -> str | None:
    """Check a path of a URL."""
    return None if _URL_PATH.fullmatch(text) else "must be characters of a URL's path"

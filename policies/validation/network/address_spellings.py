"""IP addresses and blocks of them, in the spellings that the API server takes."""

import ipaddress
import re

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_OCTETS = re.compile(r"\d{1,}(\.\d{1,}){3}", re.ASCII)
_LENGTH = re.compile(r"\d+", re.ASCII)


def parse_address(text: str) -> Address | None:
    """Return an address; an IPv4 one may have leading zeros, and one in IPv6's spelling is IPv4 all the same."""
    if _OCTETS.fullmatch(text):
        text = ".".join(str(int(octet)) for octet in text.split("."))
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return None if found.scope_id else found.ipv4_mapped or found
    return found


def parse_block(text: str) -> Network | None:
    """Return a block; bits behind its length do not matter."""
    address, slash, length = text.partition("/")
    found = parse_address(address)
    if found is None or not slash or not _LENGTH.fullmatch(length):
        return None
    bits = int(length)
    if ":" in address and found.version == 4:
        bits -= 96
    if not 0 <= bits <= found.max_prefixlen:
        return None
    return ipaddress.ip_network((found, bits), strict=False)


def address(text: str) -> str | None:
    """Check an IP address."""
    return None if parse_address(text) else "must be an IP address, such as 10.9.8.7 or 2001:db8::ffff"


def canonical_address(text: str) -> str | None:
    """Check an IP address in its one canonical spelling."""
    found = parse_address(text)
    if found is None:
        return address(text)
    return None if str(found) == text else f"must be in canonical form, {found}"


def block(text: str) -> str | None:
    """Check a block of addresses."""
    return None if parse_block(text) else "must be a CIDR, such as 10.9.8.0/24 or 2001:db8::/64"


def endpoint_address(text: str) -> str | None:
    """Check that an address can be that of an endpoint on another machine."""
    found = parse_address(text)
    if found is None:
        return address(text)
    in_link = found.is_multicast and found in _LINK_MULTICAST[found.version]
    if found.is_unspecified or found.is_loopback or found.is_link_local or in_link:
        return "must not be unspecified, loopback or link-local"
    return None


_LINK_MULTICAST: dict[int, Network] = {4: ipaddress.ip_network("224.0.0.0/24"), 6: ipaddress.ip_network("ff02::/16")}

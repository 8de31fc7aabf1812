"""The names by which pods are found, and find others."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import known
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.network.address_spellings import address

_POLICIES: Final = frozenset({"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"})
_SERVERS_MOST, _SEARCHES_MOST, _SEARCH_BYTES = 3, 32, 2048


def dns(spec: Field) -> None:
    """Check how a pod resolves names."""
    known(spec, "dnsPolicy", _POLICIES)
    config = spec.at("dnsConfig")
    servers = config.texts("nameservers")
    if spec.text("dnsPolicy") == "None" and not servers:
        place = config.at("nameservers") if spec.has("dnsConfig") else config
        place.required("must name a server for dnsPolicy None")
        return
    config.at("nameservers").expect(len(servers) <= _SERVERS_MOST, f"must have at most {_SERVERS_MOST} servers")
    for index, server in enumerate(servers):
        config.at("nameservers").item(index, server).check(address(server))
    _searches(config)
    for option in config.items("options"):
        if not option.text("name"):
            option.required("must have a name")


def _searches(config: Field) -> None:
    place, found = config.at("searches"), config.texts("searches")
    place.expect(len(found) <= _SEARCHES_MOST, f"must have at most {_SEARCHES_MOST} domains")
    place.expect(formats.size(" ".join(found)) <= _SEARCH_BYTES, f"must have at most {_SEARCH_BYTES} bytes together")
    for index, one in enumerate(found):
        wrong = None if one == "." else formats.subdomain_underscored(one.removesuffix("."))
        place.item(index, one).check(wrong)


def host_aliases(spec: Field) -> None:
    """Check the entries of a pod's hosts file."""
    for alias in spec.items("hostAliases"):
        alias.at("ip").check(address(alias.text("ip")))
        for index, name in enumerate(alias.texts("hostnames")):
            alias.at("hostnames").item(index, name).check(formats.subdomain(name))


def host_name(spec: Field) -> None:
    """Check a pod's own name in DNS."""
    spec.at("hostname").may(formats.dns_label)
    spec.at("subdomain").may(formats.dns_label)

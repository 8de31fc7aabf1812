"""Whose addresses the public entry sees: its clients' own, or those of balancers and proxies before it."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.model.consistency.context import Found
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.vocabulary import PRIVATE_RANGES

PLACE: KeyPath = ("network", "trustedProxies")
CHOICES = (
    "say `{}` where clients' own addresses arrive, `{proxyProtocol: [<balancer>]}` for a balancer that sends the PROXY "
    "protocol, or `{forwardedHeaders: [<proxy>], depth: 1}` for a proxy of HTTP"
)
_OFF = frozenset({"", "false", "no", "off", "none", "0", "disabled"})
_PRIVATE = tuple(ip_network(text) for text in PRIVATE_RANGES)


def private_lists(system: System, environment: Environment) -> Found:
    """Refuse to let private addresses in where a balancer of unknown ways may give its own to every client."""
    if environment.network.trusted_proxies is not None:
        return
    for name, ranges in _allow_lists(system, environment):
        private = [one for one in ranges if _is_private(one)]
        if private:
            what = f"the middleware {name!r} lets {', '.join(private)} in, and what stands before Traefik is unknown"
            why = "a balancer that calls from a private address of its own would let the whole internet in"
            yield Problem(PLACE, f"{what}: {why}", CHOICES)


def _allow_lists(system: System, environment: Environment) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the allow lists that routes of this stage use."""
    used = {
        one for route in system.edge.routes.values() if environment.name in route.stages for one in route.middlewares
    }
    for name, middleware in system.edge.middlewares.items():
        if name in used and middleware.allow_list:
            yield name, middleware.allow_list


def _is_private(cidr: str) -> bool:
    block = ip_network(cidr)
    return block.prefixlen > 0 and any(block.overlaps(one) for one in _PRIVATE)


def believed(environment: Environment) -> Found:
    """Refuse to believe everybody's word on whose request it is."""
    proxies = environment.network.proxies
    listed = {"proxyProtocol": proxies.proxy_protocol, "forwardedHeaders": proxies.forwarded_headers}
    for key, ranges in listed.items():
        for place, cidr in enumerate(ranges):
            if ip_network(cidr).prefixlen == 0:
                what = f"{cidr} believes every client, which then claims any address"
                yield Problem((*PLACE, key, place), what, "list the addresses of the proxies only")


def balancers(_system: System, environment: Environment) -> Found:
    """Check that Traefik expects the PROXY protocol where an annotation makes the cloud's balancer speak it."""
    if environment.network.proxies.proxy_protocol:
        return
    for key, value in environment.publishing.load_balancer_annotations.items():
        if speaks_proxy_protocol(key, value):
            what = (
                f"{key}: {value!r} makes the balancer begin with the PROXY protocol, which Traefik takes for a broken"
            )
            remedy = "list the balancer's addresses in network.trustedProxies.proxyProtocol, or remove the annotation"
            yield Problem(("publishing", "loadBalancerAnnotations", key), f"{what} request", remedy)


def speaks_proxy_protocol(key: str, value: str) -> bool:
    """Return whether an annotation switches the PROXY protocol on, by the words that all clouds use for it."""
    if _names_it(key):
        return value.strip().lower() not in _OFF
    return any(_names_it(name) and said.strip().lower() not in _OFF for name, said in _settings(value))


def _settings(value: str) -> Iterable[tuple[str, str]]:
    """Return the settings in a value such as `proxy_protocol_v2.enabled=true,x=y`; one without a value is on."""
    for one in value.split(","):
        name, equals, said = one.partition("=")
        yield name, said if equals else "true"


def _names_it(text: str) -> bool:
    return "proxyprotocol" in text.lower().replace("-", "").replace("_", "")

"""The ports that Services take on every node."""

from typing import Final

from quadrant_platform.policies.validation.fields import Field

_FIRST, _LAST = 30000, 32767
"""The range of every API server that was not told otherwise."""
_OPEN: Final = frozenset({"NodePort", "LoadBalancer"})
_WORDS: Final = f"must be from {_FIRST} to {_LAST} and not be taken by another port of the Service"


def node_ports(spec: Field) -> list[int] | None:
    """Return the port on the nodes of each port, zero for none; a negative one stands for any that is free.

    If one cannot be given, report it and return nothing: the API server then judges nothing else.
    """
    asked = [port.number("nodePort") for port in spec.items("ports")]
    if spec.text("type") not in _OPEN:
        return asked
    gives = spec.text("type") == "NodePort" or spec.get("allocateLoadBalancerNodePorts") is not False
    taken, found, given = set[int](), dict[int, int](), list[int]()
    for port, wanted in zip(spec.items("ports"), asked, strict=True):
        number = port.number("port")
        if not wanted and not gives:
            given.append(0)
            continue
        if number in found and wanted in (0, found[number]):
            given.append(found[number])
            continue
        same = (one.number("nodePort") for one in spec.items("ports") if one.number("port") == number)
        chosen = wanted or next(filter(None, same), 0)
        if chosen and not _is_free(chosen, taken):
            port.at("nodePort").invalid(_WORDS)
            return None
        given.append(chosen or -number)
        found.setdefault(number, given[-1])
        taken.add(given[-1])
    return given if _takes_health_check(spec, taken) else None


def _is_free(number: int, taken: set[int]) -> bool:
    return _FIRST <= number <= _LAST and number not in taken


def _takes_health_check(spec: Field, taken: set[int]) -> bool:
    """Check the port for checks of a Service whose balancer asks each node whether it has an endpoint."""
    wanted = spec.number("healthCheckNodePort")
    asks = spec.text("type") == "LoadBalancer" and spec.text("externalTrafficPolicy") == "Local"
    if not asks or not wanted or _is_free(wanted, taken):
        return True
    spec.at("healthCheckNodePort").invalid(_WORDS)
    return False

"""Probes and lifecycle hooks."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import known, non_negative, port
from quadrant_platform.policies.validation.fields import Field

PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_SCHEMES: Final = frozenset({"HTTP", "HTTPS"})


def probes(container: Field, grace: int | None) -> None:
    """Check the probes of a container that keeps running."""
    for key in PROBES:
        if container.has(key):
            _probe(container.at(key), key, grace)


def _probe(probe: Field, key: str, grace: int | None) -> None:
    _handler(probe, grace)
    non_negative(
        probe, "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"
    )
    period = probe.at("terminationGracePeriodSeconds")
    if key == "readinessProbe":
        period.expect(not probe.has("terminationGracePeriodSeconds"), "must not be set for a readiness probe")
    else:
        probe.at("successThreshold").expect(probe.number("successThreshold") in {0, 1}, "must be 1")
    if probe.has("terminationGracePeriodSeconds"):
        period.expect(probe.number("terminationGracePeriodSeconds", 1) > 0, "must be at least 1")


def lifecycle(container: Field, grace: int | None) -> None:
    """Check the hooks of a container that keeps running."""
    hooks = container.at("lifecycle")
    for key in ("postStart", "preStop"):
        if hooks.has(key):
            _handler(hooks.at(key), grace)


def _handler(place: Field, grace: int | None) -> None:
    """Check the one action of a probe or hook: those after the first are refused unread."""
    found = [key for key in _HANDLERS if place.has(key)]
    if not found:
        place.required(f"must have one of {', '.join(_HANDLERS)}")
    for key in found[1:]:
        place.at(key).forbidden(f"{found[0]} is set already, and only one may be")
    if found:
        _action(place.at(found[0]), found[0], grace)


def _action(action: Field, key: str, grace: int | None) -> None:
    if key == "exec" and not action.get("command"):
        action.at("command").required("must have a command")
    elif key == "httpGet":
        _request(action)
    elif key == "sleep" and grace is not None:
        fits = 0 <= action.number("seconds") <= grace
        action.expect(fits, f"must last from 0 to the {grace} seconds of terminationGracePeriodSeconds")
    if key in {"httpGet", "tcpSocket", "grpc"}:
        port(action, "port", formats.port_name, formats.port_number)


def _request(action: Field) -> None:
    known(action, "scheme", _SCHEMES)
    for name in (header.text("name") for header in action.items("httpHeaders")):
        wrong = formats.header_name(name)
        if wrong:
            action.at("httpHeaders").invalid(f"the name {formats.shown(name)} {wrong}")

"""What the lab reaches without a proxy of the environment: all of it is on this machine."""

from __future__ import annotations

from quadrant_platform.host import proxies
from quadrant_platform.lab.machine import network_plan

NEAR = (
    *("localhost", "127.0.0.0/8", "::1", ".svc", f".{network_plan.DOMAIN}"),
    *(network_plan.NODE_ADDRESS, network_plan.PODS, network_plan.SERVICES),
)


def exceptions() -> dict[str, str]:
    """Return the variables that keep the lab's own traffic from proxies; containerd pulls images through them."""
    return proxies.exceptions(NEAR)

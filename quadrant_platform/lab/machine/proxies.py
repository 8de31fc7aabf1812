"""Proxies of the environment, and what is reached without them: all of the lab is on this machine."""

from __future__ import annotations

import os

from quadrant_platform.lab.machine import network_plan

VARIABLES = ("NO_PROXY", "no_proxy")
"""Either may be set, and some programs read one of them alone."""
NEAR = (
    "localhost",
    "127.0.0.0/8",
    "::1",
    network_plan.NODE_ADDRESS,
    network_plan.PODS,
    network_plan.SERVICES,
    ".svc",
    f".{network_plan.DOMAIN}",
)
EVERYTHING = "*"
"""Must stand alone: some programs take it for a name where others follow."""


def exceptions() -> dict[str, str]:
    """Return the variables that keep the lab's own traffic from proxies, with what the user excepts before it.

    The proxies themselves stay as they are: containerd pulls images through them.
    """
    chosen = (one.strip() for name in VARIABLES for one in os.environ.get(name, "").split(","))
    named = dict.fromkeys((*filter(None, chosen), *NEAR))
    return dict.fromkeys(VARIABLES, EVERYTHING if EVERYTHING in named else ",".join(named))

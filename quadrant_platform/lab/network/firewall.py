"""Rules that keep the lab's packets on the machine, and everybody else's out of the lab."""

from __future__ import annotations

import json
from collections.abc import Collection

from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.system_commands import ask, order
from quadrant_platform.lab.network import links
from quadrant_platform.lab.network.packet_filters import tables

TABLE = "inet quadrant-lab"
INSIDE = (f"{links.PODS}*", network_plan.NODE_LINK, *(outside.link for outside in network_plan.OUTSIDE))
ADDRESSES = (network_plan.NODE_ADDRESS, *(outside.gateway for outside in network_plan.OUTSIDE))
"""What the lab gives the machine itself: Services and pods lead to these or are forwarded, see kube-proxy's rules."""


def put_up(apart: Collection[str]) -> None:
    """Put the rules up, also where they are up; links that are `apart` have nothing forwarded between them.

    These are the ones that the machine did not forward between before; what comes later, such as the bridge of a
    container engine, has rules of its own.
    """
    order(["nft", "-f", "-"], given=_rules(apart))


def take_down() -> None:
    """Remove the rules where they are up."""
    if is_up():
        ask(["nft", "delete", "table", *TABLE.split()])


def is_up() -> bool:
    """Whether the rules are up."""
    return TABLE in tables()


def _rules(apart: Collection[str]) -> str:
    inside = _set(INSIDE)
    strangers = f"iifname {_set(apart)} oifname {_set(apart)} drop" if apart else ""
    return f"""
add table {TABLE}
delete table {TABLE}
table {TABLE} {{
  chain forward {{
    type filter hook forward priority filter; policy accept;
    iifname {inside} oifname {inside} accept
    iifname {inside} drop
    oifname {inside} drop
    {strangers}
  }}
  chain input {{
    type filter hook input priority filter; policy accept;
    iifname {_set(("lo", *INSIDE))} accept
    ip daddr {{ {", ".join(ADDRESSES)} }} drop
  }}
}}
"""


def _set(names: Collection[str]) -> str:
    return f"{{ {', '.join(json.dumps(name) for name in sorted(names))} }}"

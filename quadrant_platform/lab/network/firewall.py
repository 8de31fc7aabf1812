"""Rules that keep the lab's packets on the machine, and all others out of the lab."""

from __future__ import annotations

import json
from collections.abc import Collection

from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.system_commands import output_of, run_checked
from quadrant_platform.lab.network import links
from quadrant_platform.lab.network.packet_filters import tables

TABLE = "inet quadrant-lab"
INSIDE = (f"{links.PODS}*", network_plan.NODE_LINK, *(host.link for host in network_plan.EXTERNAL_HOSTS))
ADDRESSES = (network_plan.NODE_ADDRESS, *(host.gateway for host in network_plan.EXTERNAL_HOSTS))
"""What the lab gives the machine itself: Services and pods lead to these or are forwarded, see kube-proxy's rules."""


def install(separated: Collection[str]) -> None:
    """Install the rules, or renew them; nothing is forwarded between links that are `separated`.

    These are the links between which the machine did not forward before; those that appear later, such as the bridge
    of a container engine, have rules of their own.
    """
    run_checked(["nft", "-f", "-"], stdin=_rules(separated))


def remove() -> None:
    """Remove the rules where they are installed."""
    if is_installed():
        output_of(["nft", "delete", "table", *TABLE.split()])


def is_installed() -> bool:
    """Return whether the rules are there."""
    return TABLE in tables()


def _rules(separated: Collection[str]) -> str:
    inside = _set(INSIDE)
    separation = f"iifname {_set(separated)} oifname {_set(separated)} drop" if separated else ""
    return f"""
add table {TABLE}
delete table {TABLE}
table {TABLE} {{
  chain forward {{
    type filter hook forward priority filter; policy accept;
    iifname {inside} oifname {inside} accept
    iifname {inside} drop
    oifname {inside} drop
    {separation}
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

"""Passthrough: names of external APIs that clients call verbatim, answered by the egress Traefik."""

from __future__ import annotations

import ipaddress

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import external_apis


def address(plan: Plan, api: str) -> str:
    """Return the cluster address of a passthrough API: stable, as its egress port picks it from the range."""
    network = ipaddress.ip_network(plan.environment.network.egress_cidr)
    return str(network[plan.system.external_apis[api].egress_port % network.num_addresses])


def host_aliases(plan: Plan, workload: str) -> list[Manifest]:
    """Return the aliases that lead a workload's calls of passthrough APIs to the egress Traefik."""
    endpoint = plan.topology.endpoints[workload]
    ports = {row.listener.number for row in plan.rows[endpoint.id][1] if row.target.kind == "egress"}
    return [
        {"ip": address(plan, name), "hostnames": [api.host]}
        for name, api in sorted(external_apis(plan.system, plan.environment).items())
        if api.mode == "passthrough" and api.egress_port in ports
    ]

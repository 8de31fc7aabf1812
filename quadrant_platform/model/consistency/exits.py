"""The way out: every external API is one host behind one port of the egress Traefik."""

from __future__ import annotations

from quadrant_platform.documents.problems import Problem
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.expansion.workloads import TRAEFIK_METRICS_PORT


def unique(context: Context) -> Found:
    """Check that an entry point of the egress Traefik leads to one host, and a host has one entry point."""
    ports: dict[int, str] = {TRAEFIK_METRICS_PORT: "the metrics of the egress Traefik"}
    hosts: dict[tuple[str, int], str] = {}
    for name, api in context.system.external_apis.items():
        if api.egress_port in ports:
            what = f"egressPort {api.egress_port} is that of {ports[api.egress_port]} already"
            yield Problem(("externalApis", name, "egressPort"), what, "use a free port of 9001 to 9250")
        if (api.host, api.port) in hosts:
            what = f"the host {api.host!r} is that of {hosts[api.host, api.port]!r} already"
            yield Problem(("externalApis", name, "host"), what, "keep one of them and name it in the flows")
        ports.setdefault(api.egress_port, repr(name))
        hosts.setdefault((api.host, api.port), name)


def single_hosts(context: Context) -> Found:
    """Check that an API is one host, not all names under a domain."""
    for name, api in context.system.external_apis.items():
        if api.host.startswith("*."):
            what = f"{api.host!r} stands for every host of a domain, and an API is one host"
            yield Problem(("externalApis", name, "host"), what, "declare each host as an API of its own")

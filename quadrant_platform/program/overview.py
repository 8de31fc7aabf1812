"""What a preview shows beside the objects: title, ways out, guesses, ports for developers, keys not built yet."""

from collections.abc import Iterator
from typing import Any

from quadrant_platform.model.expansion.workloads import external_apis, workloads
from quadrant_platform.model.not_built import unbuilt
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.program.guesses import guess_lines, guesses


def overview(system: System, environment: Environment) -> dict[str, Any]:
    """Return what a preview shows beside the objects."""
    return {
        "title": system.title,
        "waysOut": [
            {"name": name, "host": api.host, "port": api.port, "why": api.why}
            for name, api in external_apis(system, environment).items()
        ],
        **guesses(system, environment),
        "devPorts": list(_dev_ports(system, environment)),
        "notBuilt": [one.wire() for one in unbuilt(system, environment)],
    }


def _dev_ports(system: System, environment: Environment) -> Iterator[dict[str, Any]]:
    """Yield the local ports that a developer forwards, and the workload that each leads to."""
    namespaces = {name: endpoint.namespace for name, endpoint in workloads(system, environment)}
    for local, target in system.dev_ports.items() if environment.dev_ports else ():
        name, _, port = target.rpartition(":")
        namespace = namespaces["edge" if name == "traefik" else name]
        yield {"local": local, "namespace": namespace, "workload": name, "port": int(port)}


def lines(overview: dict[str, Any]) -> Iterator[str]:
    """Yield what a preview writes below the objects."""
    for one in overview["waysOut"]:
        yield f"way out: {one['name']} to {one['host']}:{one['port']}, {one['why']}"
    yield from guess_lines(overview)
    for one in overview["devPorts"]:
        yield f"dev port: {one['local']} to {one['workload']}:{one['port']} in {one['namespace']}"

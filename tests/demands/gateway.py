"""Look-ups at the way in and the way out of a recorded stack: routers, middlewares, limits and egress routes."""

import re
from typing import Any

import yaml

from tests.demands.rendered import manifests, named, workload
from tests.stacks import Manifest

_TEST = re.compile(r"(Host|PathPrefix|Path)\(`([^`]+)`\)")


def routers(system: str, stage: str) -> dict[str, Manifest]:
    """The one rule of each router, by the router's name."""
    found = {one["metadata"]["name"]: one["spec"] for one in manifests(system, stage) if one["kind"] == "IngressRoute"}
    several = [name for name, spec in found.items() if len(spec["routes"]) != 1]
    assert not several, f"the routers {several} have more than one rule"
    return {name: spec["routes"][0] for name, spec in found.items()}


def entry(system: str, stage: str, name: str) -> tuple[list[str], bool]:
    """The entry points of a router, and whether it has TLS."""
    spec = named(manifests(system, stage), "IngressRoute", name)["spec"]
    return spec["entryPoints"], "tls" in spec


def target(rule: Manifest) -> tuple[str, int | None]:
    """The one service, by name and port, that a rule leads to."""
    (service,) = rule["services"]
    return service["name"], service.get("port")


def chain(rule: Manifest) -> list[str]:
    """The names of the middlewares of a rule, in their order."""
    return [one["name"] for one in rule.get("middlewares", ())]


def answering(system: str, stage: str, host: str, path: str) -> str:
    """The router that takes a request: of those whose rule holds, the one of the highest priority."""
    held = {
        name: rule["priority"]
        for name, rule in routers(system, stage).items()
        if all(_holds(part, host, path) for part in rule["match"].split(" && "))
    }
    return max(held, key=lambda name: held[name], default="no route")


def _holds(part: str, host: str, path: str) -> bool:
    tests = _TEST.findall(part)
    assert tests, f"this reader does not know the rule {part}"
    return any(
        {"Host": host == value, "Path": path == value, "PathPrefix": path.startswith(value)}[kind]
        for kind, value in tests
    )


def middleware(system: str, stage: str, name: str) -> Manifest:
    """What a middleware does; the same in every namespace that has it."""
    alike = [one for one in manifests(system, stage) if one["kind"] == "Middleware" and one["metadata"]["name"] == name]
    found: list[Manifest] = [one["spec"] for one in alike]
    assert found, f"no middleware is named {name}"
    assert all(one == found[0] for one in found), f"the middlewares named {name} differ"
    return found[0]


def copies(system: str, stage: str, name: str = "traefik") -> int:
    """How many pods share a limit."""
    count: int = workload(system, stage, name)["spec"]["replicas"]
    return count


def rate(average: int, period: str, burst: int) -> Manifest:
    """A limit as each copy of Traefik has it."""
    return {"average": average, "period": period, "burst": burst}


def static(system: str, stage: str, name: str = "traefik") -> dict[str, Any]:
    """The static configuration of one of the Traefiks."""
    return _file(system, stage, name, "traefik.yml")


def dynamic(system: str, stage: str) -> dict[str, Any]:
    """The dynamic file of the public Traefik."""
    return _file(system, stage, "traefik", "middleware.yml")


def exits(system: str, stage: str) -> dict[str, Any]:
    """The routes of the egress Traefik."""
    return _file(system, stage, "traefik-egress", "routes.yml")


def _file(system: str, stage: str, name: str, file: str) -> dict[str, Any]:
    config = named(manifests(system, stage), "ConfigMap", f"{name}-config")
    read: dict[str, Any] = yaml.safe_load(config["data"][file])
    return read


def outside_hosts(system: str, stage: str) -> dict[str, str]:
    """Each external API of the egress Traefik by the port of its entry point: host and port that it leads to."""
    points = static(system, stage, "traefik-egress")["entryPoints"]
    routes = exits(system, stage)
    found = {}
    for protocol in routes.values():
        for router in protocol["routers"].values():
            (point,) = router["entryPoints"]
            (server,) = protocol["services"][router["service"]]["loadBalancer"]["servers"]
            found[points[point]["address"]] = server.get("address") or server["url"].removeprefix("https://")
    return found


def certified(system: str, stage: str) -> set[str]:
    """The names in the certificates that the public Traefik serves."""
    stack = manifests(system, stage)
    store = named(stack, "TLSStore", "default")["spec"]["certificates"]
    served = {one["secretName"] for one in store}
    return {
        host
        for one in stack
        if one["kind"] == "Certificate" and one["spec"]["secretName"] in served
        for host in one["spec"]["dnsNames"]
    }

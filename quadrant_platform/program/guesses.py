"""What a stack leaves to a preset's guess, since no cluster was asked: addresses that may be others in it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from quadrant_platform.model.expansion.external_apis import guessed_addresses
from quadrant_platform.model.expansion.implied import api_server
from quadrant_platform.model.expansion.topology import topology
from quadrant_platform.model.schema.environment import PRESETS, Environment
from quadrant_platform.model.schema.system import System


class Guess(NamedTuple):
    """A value of an environment that nobody confirmed: its key, what is taken for it, and how to find the right one."""

    key: str
    value: str
    users: tuple[str, ...]
    remedy: str

    def wire(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"key": self.key, "value": self.value, "for": list(self.users), "remedy": self.remedy}


def guesses(system: System, environment: Environment) -> dict[str, Any]:
    """Return as JSON what a stack has guessed: addresses of Services, which `up` chooses anew, and settings."""
    settings = (*_api_server(system, environment), *_clients(system, environment))
    return {
        "guessedAddresses": guessed_addresses(system, environment),
        "guessedSettings": [one.wire() for one in settings],
    }


def guess_lines(guessed: Mapping[str, Any]) -> Iterator[str]:
    """Yield each guess as a line."""
    for api, address in guessed["guessedAddresses"].items():
        yield f"guessed: {address} for {api}; `up` takes an address that is free in the cluster"
    for one in guessed["guessedSettings"]:
        yield f"guessed: {one['value']}, for {', '.join(one['for'])}; {one['remedy']}"


def _api_server(system: System, environment: Environment) -> Iterator[Guess]:
    """Yield the preset's addresses of the API server, where a stack relies on them."""
    cidrs = environment.network.api_server.cidrs
    watchers = tuple(dict.fromkeys(row.source.name for row in api_server(topology(system, environment))))
    if watchers and list(cidrs) == PRESETS[environment.name]["network"]["apiServer"]["cidrs"]:
        remedy = (
            "`up` reads the cluster's own; for what is rendered, list in network.apiServer.cidrs what `kubectl get "
            "service,endpointslices kubernetes --namespace default` shows; Cilium opens a node's address only with "
            "policyCIDRMatchMode: nodes"
        )
        yield Guess("network.apiServer.cidrs", f"the API server at {', '.join(cidrs)}", watchers, remedy)


def _clients(system: System, environment: Environment) -> Iterator[Guess]:
    """Yield that clients' own addresses arrive, where limits and lists rely on it and nobody said so."""
    routes = [route for route in system.edge.routes.values() if environment.name in route.stages]
    used = {name for route in routes for name in route.middlewares}
    keyed = tuple(
        name
        for name, one in system.edge.middlewares.items()
        if name in used and (one.allow_list or (one.rate_limit and one.rate_limit.source == "ip"))
    )
    if keyed and environment.network.trusted_proxies is None:
        remedy = "say in network.trustedProxies what stands before the entry, or {} for nothing"
        yield Guess("network.trustedProxies", "that clients' own addresses reach Traefik", keyed, remedy)

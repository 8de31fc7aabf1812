"""Addresses of passthrough APIs in a cluster that answered: those that their Services have, else free ones."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network

from quadrant_platform.documents.problems import BadInput, KeyPath, Problem
from quadrant_platform.model.expansion.external_apis import passthrough_services
from quadrant_platform.model.expansion.service_addresses import ASSUMED_RANGE, Network, chosen, spans_of, usable
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.preflight.facts import ClusterFacts

EGRESS_CIDR: KeyPath = ("network", "egressCidr")
"""Where an environment names the block of these addresses."""
KUBERNETES = "default/kubernetes"
"""The Service of the API server, which has the first address of a cluster's first range."""
SHOWN = 3


def passthrough_addresses(
    system: System, environment: Environment, facts: ClusterFacts | None
) -> dict[str, str] | None:
    """Return the address of each passthrough API in a cluster; None without facts, where the plan guesses.

    A Service keeps its address, as Kubernetes never changes it. BadInput where an address cannot be had, with key
    paths of the environment.
    """
    services = passthrough_services(system, environment)
    if facts is None or not services:
        return None
    block = ip_network(environment.network.egress_cidr) if environment.network.egress_cidr else None
    taken = facts.service_addresses or {}
    kept = _kept(taken, services.values())
    missing = [service for service in services.values() if service not in kept]
    if problems := [*_moved(kept, block), *(_outside(block, facts) if missing else ())]:
        raise BadInput(problems)
    blocks = [block] if block else ranges(facts)
    spans = [usable(block)] if block else [span for one in blocks for span in spans_of(one)]
    found = kept | chosen(missing, spans, taken)
    if lacking := [service for service in missing if service not in found]:
        raise BadInput([_full(lacking, blocks, taken, named=block is not None)])
    return {api: found[service] for api, service in services.items()}


def ranges(facts: ClusterFacts) -> list[Network]:
    """Return the cluster's ranges, those of its first family first.

    A cluster that does not say has at least a block around the Kubernetes API's own address, the first of a range.
    """
    stated = [ip_network(one) for one in facts.service_ranges or ()]
    addresses = (facts.service_addresses or {}).items()
    behind = [_behind(address) for address, service in addresses if service == KUBERNETES]
    found = stated or behind or [ip_network(ASSUMED_RANGE)]
    return sorted(found, key=lambda block: block.version != found[0].version)


def _behind(first: str) -> Network:
    """Return the largest block of at most 256 addresses in which an address is the second one."""
    address = ip_address(first)
    start = int(address) - 1
    free = min((start & -start).bit_length() - 1, 8)
    return ip_network((start, address.max_prefixlen - free))


def _kept(addresses: Mapping[str, str], services: Collection[str]) -> dict[str, str]:
    """Return the addresses that our Services have; where one has two, the first."""
    found: dict[str, str] = {}
    for address, service in addresses.items():
        if service in services:
            found.setdefault(service, address)
    return found


def _moved(kept: Mapping[str, str], block: Network | None) -> Iterator[Problem]:
    for service, address in kept.items():
        if block is not None and ip_address(address) not in block:
            what = f"the Service {service} has {address}, which {block} does not hold, and Kubernetes never changes it"
            namespace, _, name = service.partition("/")
            delete = f"`kubectl --namespace {namespace} delete service {name}`"
            yield Problem(EGRESS_CIDR, what, f"remove egressCidr, or delete the Service first: {delete}")


def _outside(block: Network | None, facts: ClusterFacts) -> Iterator[Problem]:
    stated = [ip_network(one) for one in facts.service_ranges or ()]
    if block is not None and stated and not any(_contains(one, block) for one in stated):
        what = f"{block} is no part of this cluster's addresses for Services, {' and '.join(map(str, stated))}"
        yield Problem(EGRESS_CIDR, what, "name a part of them, or remove egressCidr: free addresses are then chosen")


def _contains(outer: Network, inner: Network) -> bool:
    return inner[0] in outer and inner[-1] in outer


def _full(lacking: Sequence[str], blocks: Sequence[Network], taken: Mapping[str, str], *, named: bool) -> Problem:
    """Return what has no address, and who has those that there are."""
    holders = [f"{one} is {name}'s" for one, name in taken.items() if any(ip_address(one) in block for block in blocks)]
    shown = ", ".join(holders[:SHOWN]) + (f" and {len(holders) - SHOWN} more are taken" if holders[SHOWN:] else "")
    what = f"no address is left in {' and '.join(map(str, blocks))} for {' and '.join(lacking)}: {shown}"
    remedy = "name a larger block, or remove egressCidr" if named else "give the cluster a further ServiceCIDR"
    return Problem(EGRESS_CIDR, what, f"{remedy}; nothing was changed")

"""What the cross-checks share: every name of a system, what kind of thing has it, and where it listens."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from quadrant_platform.documents.problems import KeyPath, Problem, did_you_mean, nearest
from quadrant_platform.model.consistency.salvage import Gaps
from quadrant_platform.model.expansion.endpoint import Endpoint, Listener
from quadrant_platform.model.expansion.topology import topology
from quadrant_platform.model.schema.datastores import BrokerSpec, CacheSpec, DatabaseSpec, ObjectStoreSpec, PoolerSpec
from quadrant_platform.model.schema.environment import PRESETS, Environment
from quadrant_platform.model.schema.exposure import ExternalApi
from quadrant_platform.model.schema.service import ContainerSpec, JobSpec, ServiceSpec
from quadrant_platform.model.schema.system import System

Found = Iterator[Problem]
Store = DatabaseSpec | PoolerSpec | CacheSpec | ObjectStoreSpec | BrokerSpec
STORE_KINDS = ("database", "pooler", "cache", "objectStore", "broker")


@dataclass(frozen=True)
class Named:
    """Something that a flow can name."""

    kind: str
    path: KeyPath
    listeners: tuple[Listener, ...] = ()

    def listener(self, port: int | str) -> Listener | None:
        """Return the listener that a port means, as the expansion resolves it."""
        return Endpoint("", "service", listeners=self.listeners).listener(port)

    def missing_port(self, path: KeyPath, name: str, port: int | str) -> Found:
        """Report a port on which this does not listen."""
        if self.listener(port) is None:
            near = nearest(str(port).partition("/")[0], [listener.name for listener in self.listeners])
            ports = ", ".join(f"{listener.name} ({listener.number})" for listener in self.listeners)
            hint = f"did you mean {near!r}?" if near is not None else f"it listens on {ports or 'no port'}"
            yield Problem(path, f"{name!r} does not listen on {port}", hint)


@cache
def _presets() -> tuple[Environment, ...]:
    return tuple(Environment.model_validate(preset) for preset in PRESETS.values())


class Context:
    """A system under check."""

    def __init__(self, system: System, gaps: Gaps) -> None:
        self.system = system
        self.gaps = gaps

    @cached_property
    def sections(self) -> dict[str, tuple[str, Mapping[str, ServiceSpec | JobSpec | Store | ExternalApi]]]:
        """Return the sections whose entries are ends of flows, with the kind of each."""
        system = self.system
        return {
            "services": ("service", system.services),
            "jobs": ("job", system.jobs),
            "databases": ("database", system.databases),
            "externalDatabases": ("database", system.external_databases),
            "poolers": ("pooler", system.poolers),
            "caches": ("cache", system.caches),
            "objectStores": ("objectStore", system.object_stores),
            "brokers": ("broker", system.brokers),
            "externalApis": ("externalApi", system.external_apis),
        }

    @cached_property
    def ends(self) -> dict[str, Named]:
        """Return everything that a flow can name, operators included, with the listeners of all stages."""
        topologies = [topology(self.system, environment).endpoints for environment in _presets()]
        known = {
            name: Named("operator", (), endpoint.listeners)
            for name, endpoint in topologies[0].items()
            if endpoint.kind == "control" and name != "dns"
        }
        for section, (kind, entries) in self.sections.items():
            for name in entries:
                stages = [endpoints[name].listeners for endpoints in topologies if name in endpoints]
                listeners = dict.fromkeys(listener for stage in stages for listener in stage)
                known[name] = Named(kind, (section, name), tuple(listeners))
        for name, api in self.system.external_apis.items():
            known[name] = Named("externalApi", ("externalApis", name), (Listener(name, api.egress_port),))
        return known

    @cached_property
    def processes(self) -> dict[KeyPath, ContainerSpec]:
        """Return services and jobs by key path."""
        services: dict[KeyPath, ContainerSpec] = {("services", name): one for name, one in self.system.services.items()}
        return services | {("jobs", name): one for name, one in self.system.jobs.items()}

    @cached_property
    def stores(self) -> dict[KeyPath, Store]:
        """Return data stores by key path."""
        sections = (entries for entries in self.sections.items() if entries[1][0] in STORE_KINDS)
        return {
            (section, name): store
            for section, (_, entries) in sections
            for name, store in entries.items()
            if isinstance(store, Store)
        }

    def named(self, *kinds: str) -> list[str]:
        """Return the names of everything of these kinds."""
        return [name for name, end in self.ends.items() if end.kind in kinds]

    def unused(self, declared: Iterable[str], words: Iterable[str]) -> list[str]:
        """Return the names that no word means, not even misspelt, and that nothing left out may use."""
        known = dict.fromkeys(declared)
        used = {word if word in known else nearest(word, known) for word in set(words)}
        return [name for name in known if name not in used and not self.gaps.may_reference(name)]

    def unknown(self, path: KeyPath, word: str, what: str, known: Iterable[str]) -> Found:
        """Report a name that nothing has, unless the thing may have been left out."""
        if word not in known and not self.gaps.may_declare(word):
            yield Problem(path, f"there is no {what} {word!r}", did_you_mean(word, known))


Check = Callable[[Context], Found]

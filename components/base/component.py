"""Component: how every part of a platform is built and registered, and what its objects wait for."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import ClassVar, Generic, NamedTuple, TypeVar

import pulumi
from pulumi_kubernetes import apiextensions

from quadrant_platform.components.base.fingerprints import fingerprinted
from quadrant_platform.components.base.mounts import CLAIM, MountSource, mounted, own_claims, provides
from quadrant_platform.components.base.moves import earlier_components, earlier_services
from quadrant_platform.components.base.protection import claim_options, is_kept, marked
from quadrant_platform.components.builders.manifests import Manifest, logical_name
from quadrant_platform.model.expansion.retention import Retention
from quadrant_platform.vocabulary import ENGINE_PREFIX

Inputs = TypeVar("Inputs")
Outputs = TypeVar("Outputs", bound=NamedTuple)


def registered(
    parent: pulumi.Resource | None,
    manifest: Manifest,
    after: Iterable[pulumi.Resource],
    keep: bool = False,
    prefix: str = "",
    more: pulumi.ResourceOptions | None = None,
) -> pulumi.CustomResource:
    """Register an object under its logical name, as one of the SDK's native class where there is one.

    The engine refuses to delete one that it is to keep, and leaves it in the cluster where it is made to drop its
    record.
    """
    metadata = manifest["metadata"]
    if _unawaited(manifest):
        annotations = {**metadata.get("annotations", {}), f"{ENGINE_PREFIX}skipAwait": "true"}
        manifest = manifest | {"metadata": metadata | {"annotations": annotations}}
    logical = logical_name(metadata, prefix)
    options = pulumi.ResourceOptions(
        parent=parent,
        depends_on=list(dict.fromkeys(after)),
        protect=keep or None,
        retain_on_delete=keep or None,
        aliases=earlier_services(parent, manifest["kind"], logical),
    )
    options = pulumi.ResourceOptions.merge(options, more)
    group, _, version = manifest["apiVersion"].rpartition("/")
    # Neither one of Kubernetes' own groups nor the core: such as CloudNativePG's or Traefik's.
    if "." in group and not group.endswith(".k8s.io"):
        return apiextensions.CustomResource(
            logical, manifest["apiVersion"], manifest["kind"], manifest["spec"], metadata, options
        )
    # The SDK has a module for each group and version, named by the first label of the group.
    module = import_module(f"pulumi_kubernetes.{group.partition('.')[0] or 'core'}.{version}")
    body = {_python_name(key): manifest[key] for key in manifest if key not in ("apiVersion", "kind")}
    made: pulumi.CustomResource = getattr(module, manifest["kind"])(logical, opts=options, **body)
    return made


def _unawaited(manifest: Manifest) -> bool:
    """Return whether the engine need not wait for an object, because the workload that uses it waits.

    Most claims get their volume with their first pod. A Service would hold one of the engine's few places for the ten
    seconds in which its pods may still come, before its workload even exists. Nobody else waits for a load balancer's
    address.
    """
    kind: str = manifest["kind"]
    balanced = kind == "Service" and manifest["spec"].get("type") == "LoadBalancer"
    return kind in (CLAIM, "Service") and not balanced


def _python_name(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


@dataclass(frozen=True)
class BuildContext:
    """What outlives a change that no longer wants it, and what objects wait for.

    That is the denial that closes their namespace, and what fills the volumes of their pods.
    """

    retention: Retention = field(default_factory=Retention)
    former_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the rows that became components, by their present names."""
    default_denies: Mapping[str, pulumi.Resource] = field(default_factory=dict)
    sources: dict[MountSource, pulumi.Resource] = field(default_factory=dict)
    fingerprints: dict[MountSource, pulumi.Output[str]] = field(default_factory=dict)
    """Those of generated Secrets."""
    adopting: pulumi.ProviderResource | None = None
    """The provider that takes over objects that exist, for claims alone."""
    state: pulumi.Output[str] | None = None
    """The identity of the state, which namespaces carry; None in a recording."""
    prefix: str = ""
    """What the names of the installation's namespaces begin with; logical names do without it."""
    manifests: list[Manifest] = field(default_factory=list)
    """All objects that were registered."""

    def register(
        self, parent: pulumi.Resource | None, manifest: Manifest, after: Iterable[pulumi.Resource] = ()
    ) -> pulumi.CustomResource:
        """Register one object as a child of `parent`, once its namespace is closed and its pods' files are there.

        Without the files a pod would start minutes later, as the kubelet waits longer after each try, and the engine,
        which waits for a few pods at a time, would make the files later still.
        """
        holder = parent.pulumi_resource_name if parent else ""
        keep, after = is_kept(self.retention, holder, manifest), [*self._needed(manifest), *after]
        prints = [self.fingerprints[source] for source in sorted(mounted(manifest)) if source in self.fingerprints]
        whole = fingerprinted(marked(self.retention, holder, manifest), prints)
        self.manifests.append(whole)
        more = claim_options(self.adopting, self.retention, holder, manifest) if manifest["kind"] == CLAIM else None
        made = registered(parent, whole, after, keep, self.prefix, more)
        self.sources.update(dict.fromkeys(provides(manifest), made))
        return made

    def _needed(self, manifest: Manifest) -> Iterator[pulumi.Resource]:
        namespace = manifest["metadata"].get("namespace")
        if namespace in self.default_denies:
            yield self.default_denies[namespace]
        yield from (self.sources[source] for source in mounted(manifest) if source in self.sources)
        yield from (self.sources[source] for source in own_claims(manifest, self.sources))


class Args(NamedTuple, Generic[Inputs]):
    """What a component is built from: where it registers its objects, and what the plan or others give it."""

    context: BuildContext
    inputs: Inputs


class Component(pulumi.ComponentResource, Generic[Inputs, Outputs]):
    """A part of a platform: its token, its manifests, and the outputs that others and users need."""

    token: ClassVar[str]
    """`area:Name`, the type in every URN."""
    outputs: Outputs

    def __init__(self, name: str, args: Args[Inputs], opts: pulumi.ResourceOptions | None = None) -> None:
        type_ = f"quadrant:{self.token}"
        aliases = earlier_components(type_, name, args.context.former_names.get(name, ()))
        own = pulumi.ResourceOptions(aliases=aliases)
        super().__init__(type_, name, None, pulumi.ResourceOptions.merge(opts, own))
        self.build(*args)
        self.outputs = self.results(args.inputs)
        self.register_outputs(self.outputs._asdict())

    @staticmethod
    @abstractmethod
    def manifests(inputs: Inputs) -> Iterator[Manifest]:
        """Yield the component's objects."""

    @staticmethod
    @abstractmethod
    def results(inputs: Inputs) -> Outputs:
        """Return the component's outputs."""

    def build(self, context: BuildContext, inputs: Inputs) -> None:
        """Register the component's objects."""
        for manifest in self.manifests(inputs):
            context.register(self, manifest)


class Names(NamedTuple):
    """The outputs of a component that others find by the names of its objects."""

    names: list[str]


class Address(NamedTuple):
    """The outputs of a component that clients connect to."""

    service: str
    port: int

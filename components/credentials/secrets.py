"""Secrets: read from the vault by the External Secrets Operator, or generated where there is no vault."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pulumi
from pulumi_random import RandomPassword

from quadrant_platform.components.base.component import BuildContext, Component, Names
from quadrant_platform.components.base.fingerprints import fingerprint
from quadrant_platform.components.base.mounts import MountSource
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata, part_of, service_account
from quadrant_platform.model.expansion.consumers import consumers
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.retention import Retention
from quadrant_platform.model.schema.system import Secret, Vault, VaultKey
from quadrant_platform.vocabulary import CONSUMERS_ANNOTATION

API_VERSION = "external-secrets.io/v1"
VAULT_ACCOUNT = "vault-auth"
REFERENCE = re.compile(r"\$\{([^}]+)\}")


class Secrets(Component[Plan, Names]):
    """Every secret that a workload mounts, in that workload's namespace and no other."""

    token = "secrets:Secrets"

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield a store for each namespace that needs one, and an ExternalSecret for each secret in it."""
        if inputs.vault is None:
            return
        wanted, vault, named = consumers(inputs), inputs.vault, inputs.topology.object_name
        # An operator's cluster mounts none of our secrets, and still has its owner's password from the vault.
        databases = {database.endpoint.namespace for database in inputs.databases.values()}
        for namespace in sorted(databases | {namespace for namespace, _ in wanted}):
            account = named(namespace, VAULT_ACCOUNT)
            yield service_account(metadata(namespace, account))
            yield secret_store(vault, metadata(namespace, named(namespace, vault.store)), account)
        for (namespace, secret), workloads in wanted.items():
            meta = metadata(namespace, named(namespace, secret), annotations=_consumed_by(workloads))
            local = vault.model_copy(update={"store": named(namespace, vault.store)})
            yield external_secret(local, meta, inputs.secrets[secret].keys)

    @staticmethod
    def results(inputs: Plan) -> Names:
        """Return the Secrets as `namespace/name`."""
        named = inputs.topology.object_name
        return Names([f"{namespace}/{named(namespace, secret)}" for namespace, secret in consumers(inputs)])

    def build(self, context: BuildContext, inputs: Plan) -> None:
        """Register what reads the vault, or the Secrets with their generated values."""
        super().build(context, inputs)
        values = GeneratedSecrets(self, inputs.secrets, context.retention)
        for (namespace, secret), workloads in consumers(inputs).items() if inputs.generates_secrets else ():
            name = inputs.topology.object_name(namespace, secret)
            context.register(self, generated(inputs.name, namespace, name, workloads, values.of(secret)))
            context.fingerprints[MountSource("Secret", namespace, name)] = values.fingerprint(secret)


def secret_store(vault: Vault, meta: Manifest, account: str) -> Manifest:
    """Return a namespace's own way to the vault; a cluster-wide store would cross segments."""
    caller = {"name": account, "audiences": ["vault"]}
    login = {"mountPath": vault.mount, "role": vault.role, "serviceAccountRef": caller}
    provider = {"server": vault.server, "path": vault.path, "version": "v2", "auth": {"kubernetes": login}}
    return manifest(API_VERSION, "SecretStore", meta, {"provider": {"vault": provider}})


def external_secret(
    vault: Vault, meta: Manifest, keys: Mapping[str, VaultKey], target: Mapping[str, Any] | None = None
) -> Manifest:
    """Return the ExternalSecret that keeps the Secret of its name equal to the vault; `target` completes the Secret."""
    spec = {
        "refreshInterval": vault.refresh,
        "refreshPolicy": "Periodic",
        "secretStoreRef": {"name": vault.store, "kind": "SecretStore"},
        "target": {"name": meta["name"], "creationPolicy": "Owner", "deletionPolicy": "Retain", **(target or {})},
        "data": [
            {"secretKey": key, "remoteRef": {"key": place.path, "property": place.property}}
            for key, place in keys.items()
        ],
    }
    return manifest(API_VERSION, "ExternalSecret", meta, spec)


def generated(
    system: str, namespace: str, name: str, workloads: Iterable[str], values: Mapping[str, pulumi.Output[str]]
) -> Manifest:
    """Return a Secret whose values were generated; two namespaces share one value in two Secrets."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(namespace, name, part_of(system), _consumed_by(workloads)),
        "type": "Opaque",
        "stringData": dict(values),
    }


def _consumed_by(workloads: Iterable[str]) -> dict[str, str]:
    return {CONSUMERS_ANNOTATION: ",".join(workloads)}


class GeneratedSecrets:
    """The generated values, each made once."""

    def __init__(self, parent: pulumi.Resource, secrets: Mapping[str, Secret], retention: Retention) -> None:
        self._parent = parent
        self._retention = retention
        self._secrets = secrets
        self._random: dict[str, RandomPassword] = {}

    def of(self, secret: str) -> dict[str, pulumi.Output[str]]:
        """Return the values of a secret by key."""
        return {key: self._value(secret, key, place) for key, place in self._secrets[secret].keys.items()}

    def fingerprint(self, secret: str) -> pulumi.Output[str]:
        """Return a digest that changes with the values; it is of their salted hashes, which tell nothing of them."""
        return fingerprint(self._traces(secret))

    def _traces(self, secret: str) -> Iterator[pulumi.Input[str]]:
        """Yield what a secret's values follow from: texts of the system's file, and hashes of passwords."""
        for key, place in self._secrets[secret].keys.items():
            yield f"{key}={place.compose or ''}"
            if place.compose is None:
                yield self._password(secret, key, place.length).bcrypt_hash
            for reference in REFERENCE.findall(place.compose or ""):
                yield from self._traces(reference.rpartition(":")[2])

    def _value(self, secret: str, key: str, place: VaultKey) -> pulumi.Output[str]:
        if place.compose is None:
            return self._password(secret, key, place.length).result
        literals = REFERENCE.split(place.compose)
        parts = [self._part(text) if index % 2 else text for index, text in enumerate(literals)]
        return pulumi.Output.concat(*parts)

    def _part(self, reference: str) -> pulumi.Output[str]:
        """Return the value of `${secret}` or `${bcrypt:secret}`."""
        kind, _, name = reference.rpartition(":")
        key, place = next(iter(self._secrets[name].keys.items()))
        if kind == "bcrypt":
            return self._password(name, key, place.length).bcrypt_hash
        return self._value(name, key, place)

    def _password(self, secret: str, key: str, length: int) -> RandomPassword:
        name = f"{secret}/{key}"
        if name not in self._random:
            keep = self._retention.keeps_value(secret) or None
            options = pulumi.ResourceOptions(parent=self._parent, protect=keep, retain_on_delete=keep)
            self._random[name] = RandomPassword(name, length=length, special=False, opts=options)
        return self._random[name]

"""Secrets: read from the vault by the External Secrets Operator, or generated where there is no vault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import pulumi
from pulumi_random import RandomPassword

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.model.expansion.consumers import consumers
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.system import Secret, Vault, VaultKey

REFERENCE = re.compile(r"\$\{([^}]+)\}")
CONSUMERS = "quadrant.dev/consumers"
VAULT_ACCOUNT = "vault-auth"


class Secrets(pulumi.ComponentResource):
    """Every secret that a workload mounts, in that workload's namespace and no other."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:secrets:Secrets", name, None, opts)
        if args.plan.environment.secrets == "vault":
            for manifest in vault_objects(args.plan):
                register(self, manifest, args)
        else:
            values = _Values(self, args.plan)
            for (namespace, secret), workloads in consumers(args.plan).items():
                register(self, generated(args.plan, namespace, secret, workloads, values.of(secret)), args)
        self.register_outputs({})


def vault_objects(plan: Plan) -> Iterator[Manifest]:
    """Yield a store for each namespace that needs one, and an ExternalSecret for each secret in it."""
    vault = plan.system.vault
    wanted = consumers(plan)
    if vault is None:
        return
    # An operator's cluster mounts none of our secrets, and still has its owner's password from the vault.
    databases = {endpoint.namespace for _, endpoint in plan.topology.own() if endpoint.kind == "database"}
    for namespace in sorted(databases | {namespace for namespace, _ in wanted}):
        yield {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(namespace, VAULT_ACCOUNT),
            "automountServiceAccountToken": False,
        }
        yield secret_store(vault, namespace)
    for (namespace, secret), workloads in wanted.items():
        yield external_secret(vault, namespace, secret, plan.system.secrets[secret], workloads)


def secret_store(vault: Vault, namespace: str) -> Manifest:
    """Return a namespace's own way to the vault; a cluster-wide store would cross segments."""
    account = {"name": VAULT_ACCOUNT, "audiences": ["vault"]}
    login = {"mountPath": vault.mount, "role": vault.role, "serviceAccountRef": account}
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": metadata(namespace, vault.store),
        "spec": {
            "provider": {
                "vault": {
                    "server": vault.server,
                    "path": vault.path,
                    "version": "v2",
                    "auth": {"kubernetes": login},
                }
            }
        },
    }


def external_secret(vault: Vault, namespace: str, name: str, secret: Secret, workloads: Iterable[str]) -> Manifest:
    """Return the ExternalSecret that keeps one Secret equal to the vault."""
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": metadata(namespace, name, annotations={CONSUMERS: ",".join(workloads)}),
        "spec": {
            "refreshInterval": vault.refresh,
            "refreshPolicy": "Periodic",
            "secretStoreRef": {"name": vault.store, "kind": "SecretStore"},
            "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
            "data": [
                {"secretKey": key, "remoteRef": {"key": place.path, "property": place.property}}
                for key, place in secret.keys.items()
            ],
        },
    }


def generated(
    plan: Plan, namespace: str, name: str, workloads: Iterable[str], values: Mapping[str, pulumi.Output[str]]
) -> Manifest:
    """Return a Secret whose values were generated; two namespaces share one value in two Secrets."""
    labels = {"app.kubernetes.io/part-of": plan.system.name}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(namespace, name, labels, {CONSUMERS: ",".join(workloads)}),
        "type": "Opaque",
        "stringData": dict(values),
    }


class _Values:
    """The generated values, each made once."""

    def __init__(self, parent: pulumi.Resource, plan: Plan) -> None:
        self._parent = parent
        self._plan = plan
        self._random: dict[str, RandomPassword] = {}

    def of(self, secret: str) -> dict[str, pulumi.Output[str]]:
        """Return the values of a secret by key."""
        return {key: self._value(secret, key, place) for key, place in self._plan.system.secrets[secret].keys.items()}

    def _value(self, secret: str, key: str, place: VaultKey) -> pulumi.Output[str]:
        if place.compose is None:
            return self._password(secret, key, place.length).result
        literals = REFERENCE.split(place.compose)
        parts = [self._part(text) if index % 2 else text for index, text in enumerate(literals)]
        return pulumi.Output.concat(*parts)

    def _part(self, reference: str) -> pulumi.Output[str]:
        """Return the value that `${secret}` or `${bcrypt:secret}` stands for."""
        kind, _, name = reference.rpartition(":")
        key, place = next(iter(self._plan.system.secrets[name].keys.items()))
        if kind == "bcrypt":
            return self._password(name, key, place.length).bcrypt_hash
        return self._value(name, key, place)

    def _password(self, secret: str, key: str, length: int) -> RandomPassword:
        name = f"{secret}/{key}"
        if name not in self._random:
            options = pulumi.ResourceOptions(parent=self._parent)
            self._random[name] = RandomPassword(name, length=length, special=False, opts=options)
        return self._random[name]

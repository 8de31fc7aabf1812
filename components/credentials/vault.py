"""The vault: what the External Secrets Operator needs to keep Secrets equal to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata
from quadrant_platform.model.schema.system import Vault, VaultKey

API_VERSION = "external-secrets.io/v1"
ACCOUNT = "vault-auth"


def secret_store(vault: Vault, namespace: str) -> Manifest:
    """Return a namespace's own way to the vault; a cluster-wide store would cross segments."""
    account = {"name": ACCOUNT, "audiences": ["vault"]}
    login = {"mountPath": vault.mount, "role": vault.role, "serviceAccountRef": account}
    provider = {"server": vault.server, "path": vault.path, "version": "v2", "auth": {"kubernetes": login}}
    return manifest(API_VERSION, "SecretStore", metadata(namespace, vault.store), {"provider": {"vault": provider}})


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

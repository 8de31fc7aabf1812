"""Server TLS: the certificate that a data store shows to its clients, signed by the system's own authority."""

from __future__ import annotations

from collections.abc import Iterable

from components.builders.manifests import Manifest, metadata, name_of
from components.builders.pods import Mount
from model.endpoint import Endpoint
from model.plan import Plan

DIRECTORY = "/run/tls"
CERTIFICATE, KEY = f"{DIRECTORY}/tls.crt", f"{DIRECTORY}/tls.key"


def certificate(plan: Plan, endpoint: Endpoint, hosts: Iterable[str]) -> Manifest:
    """Return the request for a server's certificate, under every name by which clients call it."""
    name = name_of(endpoint)
    places = ("", f".{endpoint.namespace}", f".{endpoint.namespace}.svc", f".{endpoint.namespace}.svc.cluster.local")
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": metadata(endpoint.namespace, _secret(endpoint)),
        "spec": {
            "secretName": _secret(endpoint),
            "commonName": name,
            "dnsNames": [f"{host}{place}" for host in hosts for place in places],
            "duration": "2160h",
            "renewBefore": "720h",
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "usages": ["digital signature", "server auth"],
            "issuerRef": {"name": f"quadrant-{plan.system.name}-ca", "kind": "Issuer", "group": "cert-manager.io"},
        },
    }


def mount(endpoint: Endpoint) -> Mount:
    """Return the directory with certificate and key."""
    return Mount(DIRECTORY, {"name": "tls", "secret": {"secretName": _secret(endpoint), "defaultMode": 0o440}})


def _secret(endpoint: Endpoint) -> str:
    return f"{name_of(endpoint)}-tls"

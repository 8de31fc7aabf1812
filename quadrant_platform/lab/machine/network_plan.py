"""The addresses and names that the cluster's parts agree on."""

from __future__ import annotations

import os
from dataclasses import dataclass

from quadrant_platform.documents.problems import BadInput, Problem

NODE = "quadrant-lab"
NODE_LINK, NODE_ADDRESS = "lab0", "10.244.255.1"
"""A bridge without ports: the kernel need not have dummy devices, and pods cannot reach loopback."""
GATEWAY = "169.254.1.1"
"""Pods' way out, by Calico's convention: the machine answers for it only where it has a way there itself."""
API = f"https://{NODE_ADDRESS}:6443"
PODS = "10.244.0.0/24"
SERVICES, API_SERVICE, DNS_SERVICE = "10.96.0.0/16", "10.96.0.1", "10.96.0.10"
DOMAIN = "cluster.local"


@dataclass(frozen=True)
class ExternalHost:
    """A host beyond the node: a network namespace on a link of its own."""

    name: str
    link: str
    gateway: str
    address: str


INTERNET = ExternalHost("lab-internet", "lab-inet", "10.244.254.1", "203.0.113.10")
"""What every name outside the cluster resolves to; an address that no egress rule excepts."""
METADATA = "169.254.169.254"
"""Where clouds serve credentials; the internet's stand-in answers there too, for pods alone."""
METADATA_TABLE = "2440"
"""A routing table of its own: the machine's own metadata service has its route in the main one."""
METADATA_RULE = ("from", PODS, "to", METADATA, "lookup", METADATA_TABLE)
CLIENT = ExternalHost("lab-client", "lab-client", "10.244.254.2", "198.51.100.10")
"""From where public routes are tried: the node itself is exempt from its pods' policies."""
EXTERNAL_HOSTS = (INTERNET, CLIENT)
FIRST_BALANCER = "198.18.0.1"
"""The address of the first Service of type LoadBalancer; the next ones follow it."""


@dataclass(frozen=True)
class EntryPorts:
    """Ports of the public entry on loopback."""

    http: int
    https: int

    @classmethod
    def here(cls) -> EntryPorts:
        """Return LAB_HTTP_PORT and LAB_HTTPS_PORT, else 8000 and 8443; BadInput where one is not a port number."""
        return cls(_port("LAB_HTTP_PORT", 8000), _port("LAB_HTTPS_PORT", 8443))


def _port(variable: str, usual: int) -> int:
    text = os.environ.get(variable) or str(usual)
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise BadInput([Problem((variable,), f"is {text!r}, which is no port", f"give a number such as {usual}")])

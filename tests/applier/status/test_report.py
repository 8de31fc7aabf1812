"""The page of an installation: its own namespaces, and the address at which its own entry answers."""

from typing import Any

from quadrant_platform.applier.status.report import local_address, segments_of
from quadrant_platform.vocabulary import SEGMENT_LABEL, SYSTEM_LABEL

Manifest = dict[str, Any]


def balancer(namespace: str, created: str) -> Manifest:
    metadata = {"namespace": namespace, "name": "traefik", "creationTimestamp": created}
    return {"kind": "Service", "metadata": metadata, "spec": {"type": "LoadBalancer"}}


def namespace(name: str, system: str) -> Manifest:
    return {"kind": "Namespace", "metadata": {"name": name, "labels": {SYSTEM_LABEL: system, SEGMENT_LABEL: "backend"}}}


FIRST = balancer("shop-frontend", "2026-11-28T06:00:00Z")
SECOND = balancer("alice-shop-frontend", "2026-11-28T07:00:00Z")


def test_an_installation_has_its_own_namespaces_only() -> None:
    both = [namespace("shop-backend", "shop"), namespace("alice-shop-backend", "alice-shop")]
    assert segments_of("shop", both) == {"shop-backend": "backend"}, "a prefix is another installation"
    assert segments_of("alice-shop", both) == {"alice-shop-backend": "backend"}, "and the other way round"


def test_the_port_of_a_local_cluster_leads_to_the_oldest_entry() -> None:
    found = local_address([FIRST], [SECOND, FIRST], 8443)
    assert (found.address, found.port, found.forward) == ("127.0.0.1", 8443, ""), "it came first"


def test_a_later_entry_of_a_local_cluster_is_forwarded() -> None:
    found = local_address([SECOND], [SECOND, FIRST], 8443)
    assert found.port != 8443, "the lab itself listens there"
    assert found.forward == (
        f"kubectl port-forward --namespace alice-shop-frontend service/traefik {found.port}:443"
    ), "a user needs no other command"


def test_a_cluster_without_an_entry_keeps_the_port() -> None:
    assert local_address([], [FIRST], 8443).port == 8443, "no Service is there to forward"

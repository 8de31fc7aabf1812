"""The kinds of the network, with their rules."""

from collections.abc import Mapping

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.network.endpoint_slices import endpoint_slice
from quadrant_platform.policies.validation.network.ingresses import ingress, ingress_class
from quadrant_platform.policies.validation.network.network_policies import network_policy
from quadrant_platform.policies.validation.network.services import service

NETWORK: Mapping[tuple[str, str], NativeKind] = {
    ("v1", "Service"): NativeKind(service, name=formats.dns_label_1035, keeps_generation=True),
    ("discovery.k8s.io/v1", "EndpointSlice"): NativeKind(endpoint_slice),
    ("networking.k8s.io/v1", "Ingress"): NativeKind(ingress),
    ("networking.k8s.io/v1", "IngressClass"): NativeKind(ingress_class, namespaced=False),
    ("networking.k8s.io/v1", "NetworkPolicy"): NativeKind(network_policy),
}
"""Their rules, by version and kind."""

"""Who reaches whom under NetworkPolicy v1, evaluated over plain manifests: on which port, and why.

Semantics: kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1. An `ipBlock` never matches
a pod, because pod addresses are not known before a cluster assigns them.
"""

from quadrant_platform.reachability.addresses import AddressSet, Range
from quadrant_platform.reachability.connection import Connection
from quadrant_platform.reachability.connectivity import Connectivity, Scope, connections
from quadrant_platform.reachability.explanation import Verdict, explain
from quadrant_platform.reachability.labelled_pods import ContainerPort, Pod, namespaces_of, pods_of
from quadrant_platform.reachability.network_policy import (
    LAST_PORT,
    NetworkPolicy,
    Peer,
    PortRule,
    Rule,
    Socket,
    parse_policies,
)
from quadrant_platform.reachability.proof import PROBES, Discrepancy, compare, matrix_address_sets, matrix_pods, prove
from quadrant_platform.reachability.selectors import LabelIndex, Selector

__all__ = [
    "LAST_PORT", "PROBES", "AddressSet", "Connection", "Connectivity", "ContainerPort", "Discrepancy", "LabelIndex",
    "NetworkPolicy", "Peer", "Pod", "PortRule", "Range", "Rule", "Scope", "Selector", "Socket", "Verdict", "compare",
    "connections", "explain", "matrix_address_sets", "matrix_pods", "namespaces_of", "parse_policies", "pods_of",
    "prove",
]  # fmt: skip

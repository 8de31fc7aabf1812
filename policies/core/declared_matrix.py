"""The declared connections, as the program registers them in the ConfigMap `quadrant-matrix`."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quadrant_platform.policies.core.access import MalformedError, Node, normalise
from quadrant_platform.policies.core.network_reads import ip_block
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.vocabulary import MATRIX_KEY, MATRIX_LABEL


@dataclass(frozen=True, eq=False)
class DeclaredMatrix:
    """One system's peers by their identity, and rows, each with `from`, `to`, `protocol` and `port`."""

    obj: Object
    system: str
    environment: str
    peers: dict[str, dict[str, Any]]
    rows: list[dict[str, Any]]

    @property
    def raw(self) -> dict[str, Any]:
        """Peers and rows as the evaluation of reachability reads them."""
        return {"peers": self.peers, "rows": self.rows}

    @cached_property
    def workloads(self) -> dict[str, dict[str, Any]]:
        """The peers that are the system's own pods, by `namespace/name`."""
        return {name: peer for name, peer in self.peers.items() if peer["kind"] == "workload"}

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces of the system's own pods."""
        return frozenset(peer["namespace"] for peer in self.workloads.values())

    @cached_property
    def world(self) -> frozenset[str]:
        """The peers that are the internet: blocks that begin with all addresses of a family."""
        whole = {name: any(one["cidr"].endswith("/0") for one in peer["blocks"]) for name, peer in self.peers.items()}
        return frozenset(name for name, is_whole in whole.items() if is_whole)


def matrix_of(obj: Object) -> DeclaredMatrix | None:
    """Return the matrix in an object; nothing for other objects.

    Raises FieldError for a matrix that cannot be read.
    """
    if obj.kind != "ConfigMap" or obj.labels.get(MATRIX_LABEL) != "true":
        return None
    document = obj.node.at("data").at(MATRIX_KEY).required()
    root = Node(normalise(_json(document)), f"data[{MATRIX_KEY}]", obj)
    if root.at("schema").integer() != 1:
        raise MalformedError(root.at("schema"), "the number 1, the schema that this pack reads")
    peers = {name: _peer(node) for name, node in root.at("peers").required().entries()}
    rows = [_row(node) for node in root.at("rows").required().items()]
    system, environment = (root.at(key).required().text() for key in ("system", "environment"))
    return DeclaredMatrix(obj, system, environment, peers, rows)


def _json(document: Node) -> Any:
    try:
        return json.loads(document.text())
    except (ValueError, RecursionError) as error:
        raise MalformedError(document, f"JSON ({error})") from error


def _peer(node: Node) -> dict[str, Any]:
    ports = [_port(port) for port in node.at("ports").items()]
    return {
        "kind": node.at("kind").required().text(),
        "namespace": node.at("namespace").text(),
        "labels": node.at("labels").texts(),
        "ports": ports,
        "blocks": [ip_block(block) for block in node.at("blocks").items()],
    }


def _port(node: Node) -> str:
    number, _, protocol = node.text().partition("/")
    if not (number.isascii() and number.isdigit() and protocol in {"TCP", "UDP", "SCTP"}):
        raise MalformedError(node, "a port such as 3001/TCP")
    return node.text()


def _row(node: Node) -> dict[str, Any]:
    texts = {key: node.at(key).required().text() for key in ("from", "to", "protocol")}
    return {**texts, "port": node.at("port").required().integer()}

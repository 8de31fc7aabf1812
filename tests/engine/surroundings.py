"""What a stack needs of its cluster and leaves to others: the namespaces of control planes."""

from tests.engine.api_server import ApiServer
from tests.stacks import of_kind, recorded


def prepare(server: ApiServer, system: str, stage: str) -> None:
    """Make the namespaces that a stack uses and does not make."""
    own = {one["metadata"]["name"] for one in of_kind(system, stage, "Namespace")}
    used = {one["metadata"].get("namespace") for one in recorded(system, stage).manifests()} - {None}
    server.kubectl.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in used - own])

"""Cost grows with the rows, not with the pairs: operations are counted, so that load does not matter."""

from collections.abc import Iterator
from typing import Any

import pytest

from quadrant_platform.reachability import Connectivity, prove

ROWS = 6
GROUP = 25
"""Workloads a namespace; neighbours call each other, so that rows a pod are the same at every size."""


def platform(size: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a matrix of `size` workloads with six rows each, and its policies."""
    names = [f"space-{number // GROUP}/app-{number}" for number in range(size)]
    rows = [
        {"from": names[number], "to": names[(number + step) % size], "protocol": "TCP", "port": 8000 + step}
        for number in range(size)
        for step in range(1, ROWS + 1)
    ]
    peers = {
        name: {"kind": "workload", "namespace": name.split("/")[0], "labels": {"app": name.split("/")[1]}, "ports": []}
        for name in names
    }
    return list(policies(names, rows)), {"peers": peers, "rows": rows}


def policies(names: list[str], rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield one policy a workload, both directions."""
    rules: dict[str, dict[str, list[Any]]] = {name: {"ingress": [], "egress": []} for name in names}
    for row in rows:
        ports = [{"protocol": "TCP", "port": row["port"]}]
        rules[row["from"]]["egress"].append({"to": [peer(row["to"])], "ports": ports})
        rules[row["to"]]["ingress"].append({"from": [peer(row["from"])], "ports": ports})
    for name, spec in rules.items():
        namespace, app = name.split("/")
        yield {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": app, "namespace": namespace},
            "spec": {"podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Ingress", "Egress"], **spec},
        }


def peer(name: str) -> dict[str, Any]:
    namespace, app = name.split("/")
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": {"app": app}},
    }


def judged(size: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many pairs and rules are judged while a platform is proved."""
    count = 0
    for name in ("_in_scope", "sockets", "peers"):
        original = getattr(Connectivity, name)

        def counting(*args: Any, original: Any = original) -> Any:
            nonlocal count
            count += 1
            return original(*args)

        monkeypatch.setattr(Connectivity, name, counting)
    manifests, matrix = platform(size)
    assert prove(manifests, matrix).equal, "the policies are generated from the rows"
    monkeypatch.undo()
    return count


def test_a_thousand_workloads_cost_no_more_each_than_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = judged(100, monkeypatch) / 100, judged(1000, monkeypatch) / 1000
    assert large <= 1.5 * small, f"{large:.0f} operations a workload instead of {small:.0f}: some loop walks all pairs"
    assert large < 20 * ROWS, f"{large:.0f} operations a workload with {ROWS} rows"

"""cyclonus: a Go implementation on the Kubernetes types, which judges one connection at a time."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from model.pods import Pod
from model.reach import Edge
from tests.oracles.questions import Questions, holds, ip_blocks

_POD_ADDRESSES = ("fd12:3456:789a::1", "10.244.0.1", "192.0.2.1", "198.51.100.1", "100.127.0.1")


def program() -> Path:
    """The executable: QUADRANT_CYCLONUS, or the one that `make oracles` builds."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("QUADRANT_CYCLONUS") or cache / "quadrant" / "bin" / "cyclonus")


def allowed(questions: Questions) -> set[Edge]:
    """The connections that it allows, among those asked."""
    asked = list(questions)
    with TemporaryDirectory() as folder:
        policies, traffic = Path(folder, "policies.yaml"), Path(folder, "traffic.json")
        # It reads one document a file; a list is one document.
        policies.write_text(json.dumps({"kind": "NetworkPolicyList", "items": [*map(_bare, questions.policies)]}))
        traffic.write_text(json.dumps(list(_traffic(questions, asked))))
        command = [str(program()), "analyze", "--mode", "query-traffic", "--policy-path", str(policies)]
        run = subprocess.run([*command, "--traffic-path", str(traffic)], capture_output=True, text=True, check=False)
    verdicts = [line for line in run.stdout.splitlines() if line.startswith("| IS ALLOWED?")]
    if run.returncode or len(verdicts) != len(asked):
        raise RuntimeError(f"cyclonus answered {len(verdicts)} of {len(asked)} questions: {run.stderr[-2000:]}")
    return {edge for edge, verdict in zip(asked, verdicts, strict=True) if "TRUE" in verdict}


def _bare(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A policy as the API server would store it, without metadata; the tool parses strictly and adds no defaults."""
    metadata = {key: policy["metadata"][key] for key in ("name", "namespace")}
    types = ["Ingress", "Egress"] if policy["spec"].get("egress") else ["Ingress"]
    spec = {"policyTypes": types, **policy["spec"]}
    return {"apiVersion": policy["apiVersion"], "kind": policy["kind"], "metadata": metadata, "spec": spec}


def _traffic(questions: Questions, asked: list[Edge]) -> Iterator[dict[str, Any]]:
    text = json.dumps(questions.policies)
    address = _pod_address(questions)
    peers: dict[str, Any] = {one: {"IP": one} for one in questions.addresses}
    for pod in questions.pods:
        internal = {
            "Namespace": pod.namespace,
            "PodLabels": _mentioned(pod.labels, text),
            "NamespaceLabels": _mentioned(questions.namespaces[pod.namespace], text),
        }
        peers[pod.id] = {"IP": address, "Internal": internal}
    names = {pod.id: _port_names(pod) for pod in questions.pods}
    for edge in asked:
        yield {
            "Source": peers[edge.source],
            "Destination": peers[edge.target],
            "ResolvedPort": edge.port,
            "ResolvedPortName": names.get(edge.target, {}).get((edge.protocol, edge.port), ""),
            "Protocol": edge.protocol,
        }


def _pod_address(questions: Questions) -> str:
    """An address that no `ipBlock` holds, because a pod is matched by its labels only."""
    blocks = list(ip_blocks(questions.policies))
    free = (one for one in _POD_ADDRESSES if not any(holds(block, one) for block in blocks))
    return next(free, _POD_ADDRESSES[0])


def _mentioned(labels: Mapping[str, str], text: str) -> dict[str, str]:
    """The labels whose key any policy mentions; the tool's answer spells out all, which takes it most time."""
    return {key: value for key, value in labels.items() if json.dumps(key) in text}


def _port_names(pod: Pod) -> dict[tuple[str, int], str]:
    return {(port.protocol, port.number): port.name for port in pod.ports if port.name}

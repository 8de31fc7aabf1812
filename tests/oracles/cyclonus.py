"""cyclonus: a Go implementation on the Kubernetes types, which judges one connection at a time.

Where it differs from the API: `NotIn` does not match a pod without the label. Our policies have no expressions.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from quadrant_platform.reachability import Connection, Pod
from tests.oracles.questions import Questions

_POD_ADDRESS = "192.0.2.1"


def program() -> Path:
    """The executable: QUADRANT_CYCLONUS, or the one that `make oracles` builds."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("QUADRANT_CYCLONUS") or cache / "quadrant" / "bin" / "cyclonus")


def allowed(questions: Questions) -> set[Connection]:
    """The connections that it allows, among those asked.

    Pods among themselves are judged without `ipBlock` peers: the tool also matches these with a pod's address,
    which only a cluster assigns.
    """
    policies = [_stored(policy) for policy in questions.policies]
    outside = set(questions.addresses)
    asked: tuple[list[Connection], list[Connection]] = ([], [])
    for edge in questions:
        asked[edge.source in outside or edge.target in outside].append(edge)
    inner, outer = asked
    return _judge(questions, [*map(_without_addresses, policies)], inner) | _judge(questions, policies, outer)


def _judge(questions: Questions, policies: list[dict[str, Any]], asked: list[Connection]) -> set[Connection]:
    with TemporaryDirectory() as folder:
        rules, traffic = Path(folder, "policies.yaml"), Path(folder, "traffic.json")
        # It reads one document a file; a list is one document.
        rules.write_text(json.dumps({"kind": "NetworkPolicyList", "items": policies}))
        traffic.write_text(json.dumps(list(_traffic(questions, asked))))
        command = [str(program()), "analyze", "--mode", "query-traffic", "--policy-path", str(rules)]
        run = subprocess.run([*command, "--traffic-path", str(traffic)], capture_output=True, text=True, check=False)
    verdicts = [line for line in run.stdout.splitlines() if line.startswith("| IS ALLOWED?")]
    if run.returncode or len(verdicts) != len(asked):
        raise RuntimeError(f"cyclonus answered {len(verdicts)} of {len(asked)} questions: {run.stderr[-2000:]}")
    return {edge for edge, verdict in zip(asked, verdicts, strict=True) if "TRUE" in verdict}


def _stored(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A policy as the API server would store it, without metadata; the tool parses strictly and adds no defaults."""
    metadata = {key: policy["metadata"][key] for key in ("name", "namespace")}
    types = ["Ingress", "Egress"] if policy["spec"].get("egress") else ["Ingress"]
    spec = {"policyTypes": types, **policy["spec"]}
    return {"apiVersion": policy["apiVersion"], "kind": policy["kind"], "metadata": metadata, "spec": spec}


def _without_addresses(policy: dict[str, Any]) -> dict[str, Any]:
    spec = dict(policy["spec"])
    for direction, side in (("ingress", "from"), ("egress", "to")):
        kept = []
        for rule in spec.get(direction) or ():
            peers = [peer for peer in rule.get(side) or () if not peer.get("ipBlock")]
            # Without peers a rule would mean everybody.
            if peers or not rule.get(side):
                kept.append({**rule, side: peers})
        spec[direction] = kept
    return {**policy, "spec": spec}


def _traffic(questions: Questions, asked: list[Connection]) -> Iterator[dict[str, Any]]:
    text = json.dumps(questions.policies)
    peers: dict[str, Any] = {one: {"IP": one} for one in questions.addresses}
    for pod in questions.pods:
        internal = {
            "Namespace": pod.namespace,
            "PodLabels": _mentioned(pod.labels, text),
            "NamespaceLabels": _mentioned(questions.namespaces[pod.namespace], text),
        }
        peers[pod.id] = {"IP": _POD_ADDRESS, "Internal": internal}
    names = {pod.id: _port_names(pod) for pod in questions.pods}
    for edge in asked:
        yield {
            "Source": peers[edge.source],
            "Destination": peers[edge.target],
            "ResolvedPort": edge.port,
            "ResolvedPortName": names.get(edge.target, {}).get((edge.protocol, edge.port), ""),
            "Protocol": edge.protocol,
        }


def _mentioned(labels: Mapping[str, str], text: str) -> dict[str, str]:
    """The labels whose key any policy mentions; the tool's answer spells out all, which takes it most time."""
    return {key: value for key, value in labels.items() if json.dumps(key) in text}


def _port_names(pod: Pod) -> dict[tuple[str, int], str]:
    return {(port.protocol, port.number): port.name for port in pod.ports if port.name}

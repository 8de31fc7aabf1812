"""The nineteen checks against verdicts of the upstream implementation.

`pod_security_verdicts.jsonl` holds pods that differ from a compliant one in a field or two, each with the checks
that k8s.io/pod-security-admission 1.37.0 (policy.DefaultChecks, latest version, no overrides) says it violates.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from policies.objects import Object
from policies.pod_security import CHECKS
from policies.pods import pod_of

LINES = (Path(__file__).parent / "pod_security_verdicts.jsonl").read_text(encoding="utf-8").splitlines()
VERDICTS: list[dict[str, Any]] = [json.loads(line) for line in LINES]


def test_every_verdict_is_the_upstream_one() -> None:
    for verdict in VERDICTS:
        pod = pod_of(Object(verdict["pod"]))
        assert pod, "each line holds a pod"
        violated = sorted(name for name, check in CHECKS.items() if any(True for _ in check(pod)))
        assert violated == verdict["violates"], f"upstream disagrees about {json.dumps(verdict['pod'])}"


def test_the_verdicts_cover_every_check_and_compliant_pods() -> None:
    violated = {name for verdict in VERDICTS for name in verdict["violates"]}
    assert violated == set(CHECKS), "no check is compared on compliant pods only"
    assert any(not verdict["violates"] for verdict in VERDICTS), "nor on violating pods only"

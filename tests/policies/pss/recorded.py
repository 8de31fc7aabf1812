"""Verdicts of Kubernetes' evaluator, kept for machines without Go.

Each line of `verdicts.jsonl` holds a pod that differs from a compliant one in a field or two, and the checks that
`policy.DefaultChecks` of k8s.io/pod-security-admission find it to violate in the newest version, overridden ones too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from quadrant_platform.policies.configuration.pod_security_version import LATEST
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.workload_pods import pod_of
from quadrant_platform.policies.pss.checks import CHECKS


class Recorded(NamedTuple):
    """A pod and the checks that it violates."""

    pod: dict[str, Any]
    violates: frozenset[str]


def _read(line: str) -> Recorded:
    one = json.loads(line)
    return Recorded(one["pod"], frozenset(one["violates"]))


LINES = (Path(__file__).parent / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
RECORDED = tuple(map(_read, LINES))


def violated(manifest: dict[str, Any]) -> frozenset[str]:
    """Return what the pack finds in the newest version."""
    pod = pod_of(Object(manifest))
    assert pod, "the manifest is a pod"
    judges = {name: check.judge(LATEST) for name, check in CHECKS.items()}
    return frozenset(name for name, judge in judges.items() if judge and any(True for _ in judge(pod)))

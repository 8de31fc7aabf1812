"""Documents of any shape never crash the check, and each that is of a wrong type is reported as such."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.commands.arbitrary import CODES, documents
from tests.commands.running import Runner
from tests.policies.builders import UNKNOWN

BATCHES = 240
"""Enough for 5,000 distinct documents."""
NAMED = (("apiVersion",), ("kind",), ("metadata", "name"))


def at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def texts(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(isinstance(item, str | None) for item in value.values()))


def plainly_wrong(document: Any) -> bool:
    """Whether Kubernetes could not even identify it, or where its pods are; written without the pack's reader."""
    if not isinstance(document, dict):
        return document is not None
    if not all(isinstance(at(document, *keys), str) and at(document, *keys) for keys in NAMED):
        return True
    head = texts(at(document, "metadata", "labels")) and texts(at(document, "metadata", "annotations"))
    return not head or not isinstance(at(document, "metadata", "namespace"), str | None) or podless(document)


def podless(document: dict[str, Any]) -> bool:
    """Whether a workload of Kubernetes' own has no pod, or one without containers."""
    if document["kind"] not in POD_TEMPLATES or "." in document["apiVersion"].rpartition("/")[0]:
        return False
    containers = at(document, *POD_TEMPLATES[document["kind"]], "spec", "containers")
    return not isinstance(containers, list) or not containers or not all(isinstance(one, dict) for one in containers)


def listed(document: Any) -> bool:
    return isinstance(document, dict) and str(document.get("kind")).endswith("List")


def check_all(quadrant: Runner, file: Path, found: list[Any], seen: set[str]) -> None:
    """Judge documents by the command; every plainly wrong one has its row, at its own line."""
    texts = [json.dumps(one) for one in found]
    file.write_text("\n---\n".join(texts) + "\n", encoding="utf-8")
    result = quadrant("check", "--manifests", file, "--format", "json")
    assert result.code in (0, 1), f"judged, not refused: {result.err}"
    rows = json.loads(result.out)
    malformed = {row["line"] for row in rows if row["policy"] == "well-formed"}
    unknown = {row["line"] for row in rows if row["check"] == "unknown" and row["level"] == "mandatory"}
    for index, document in enumerate(found):
        if plainly_wrong(document) and not listed(document):
            # Whoever reads a value that is not known yet reports it under a name of his own.
            refused = malformed | unknown if UNKNOWN in texts[index] else malformed
            assert 2 * index + 1 in refused, f"what is of a wrong type is reported: {texts[index]}"
    seen.update(texts)


def test_no_document_crashes_the_check(quadrant: Runner, tmp_path_factory: pytest.TempPathFactory) -> None:
    file, seen = tmp_path_factory.mktemp("any") / "any.yaml", set[str]()

    @settings(max_examples=BATCHES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(CODES)
    def run(codes: bytes) -> None:
        check_all(quadrant, file, documents(codes), seen)

    run()
    assert len(seen) >= 5000, "as many different documents are the claim"

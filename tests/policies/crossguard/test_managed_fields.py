"""What a program wrote is what its manager owns, in the words of a real API server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quadrant_platform.policies.crossguard.managed_fields import written_part
from quadrant_platform.quantities import parse_quantity
from tests.policies.builders import Manifest
from tests.policies.crossguard.recording import MANAGER, Pair, recorded_pairs
from tests.stacks import identity

DROPPED: tuple[Any, ...] = (False, [], {}, 0, "", None)
"""Values that an API server does not keep: to it they are the same as none."""
WHOLE = {
    "Cluster": {"updateStrategy"},
    "ExternalSecret": {"conversionStrategy", "decodingStrategy", "metadataPolicy", "nullBytePolicy"},
    "StatefulSet": {"apiVersion", "kind", "volumeMode", "status"},
    "NetworkPolicy": {"protocol"},
    "Secret": {"data", "stringData"},
}
"""Defaults inside of lists that are applied as a whole, and a Secret's values, which the server encodes."""


def differences(written: Any, found: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the last key, the value that was written and the one that was found."""
    if isinstance(written, dict) and isinstance(found, dict):
        for one in sorted(written.keys() | found.keys()):
            yield from differences(written.get(one), found.get(one), one)
    elif isinstance(written, list) and isinstance(found, list) and len(written) == len(found):
        for one, other in zip(written, found, strict=True):
            yield from differences(one, other, key)
    elif written != found and not same_amount(written, found):
        yield key, written, found


def same_amount(written: Any, found: Any) -> bool:
    try:
        return parse_quantity(str(written)) == parse_quantity(str(found))
    except ValueError:
        return False


@pytest.mark.parametrize("pair", recorded_pairs(), ids=lambda pair: "/".join(identity(pair.written)))
def test_the_record_of_a_real_server_gives_back_what_was_written(pair: Pair) -> None:
    found = written_part(pair.returned)
    assert found is not None, "the server recorded the manager"
    wrong = [
        (key, written, value)
        for key, written, value in differences(pair.written, found)
        if key not in WHOLE.get(pair.written["kind"], ()) and not (value is None and written in DROPPED)
    ]
    assert not wrong, "no default is among it, and nothing is missing"


def owned(manager: str = MANAGER, operation: str = "Apply", **more: str) -> Manifest:
    fields: Manifest = {"f:spec": {"f:type": {}}}
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


def returned(*records: Manifest, annotations: dict[str, str] | None = None) -> Manifest:
    metadata = {"name": "api", "annotations": annotations or {}, "managedFields": [*records]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"type": "NodePort", "x": 1}}


def test_only_what_the_engine_applied_counts() -> None:
    others = [owned("kubectl"), owned(operation="Update"), owned(subresource="status")]
    assert written_part(returned(*others)) is None, "people, updates and a status are not the program"
    found = written_part(returned(owned(), *others))
    assert found, "one is the engine's"
    assert found["spec"] == {"type": "NodePort"}, "its field only"
    assert found["metadata"] == {"name": "api"}, "an object has its name without a manager"


def test_a_manager_that_the_program_names_counts() -> None:
    annotated = returned(owned("shop"), annotations={"pulumi.com/patchFieldManager": "shop"})
    found = written_part(annotated)
    assert found, "the annotation names it"
    assert found["spec"] == {"type": "NodePort"}, "and the record its fields"


def test_two_programs_on_one_object_are_not_told_apart() -> None:
    both = returned(owned(), owned("pulumi-kubernetes-5e6f7a8b"))
    assert written_part(both) is None, "the engine does not say which of them runs"

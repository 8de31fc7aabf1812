"""A difference is a field that Quadrant owns and another manager changed."""

from typing import Any

from quadrant_platform.applier.observed.object_keys import ObjectKey, key_of
from quadrant_platform.applier.planning.changes import (
    ABSENT,
    Action,
    FieldDifference,
    compare,
    differences,
    replaced,
    without_server_fields,
)
from quadrant_platform.program.runs import digest
from quadrant_platform.program.wire import SECRET


def manifest(kind: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "n"}, **rest}


def keyed(*objects: dict[str, Any]) -> dict[ObjectKey, Any]:
    return {key_of(one): one for one in objects}


def test_an_object_that_is_not_there_is_created() -> None:
    found = compare(keyed(manifest("Service", "a")), {}, {})
    assert [(change.key.name, change.action) for change in found.changes] == [("a", Action.CREATE)], "nothing else is"
    assert found.summary() == "1 to create, 0 as they should be", "in a line"


def test_equal_objects_are_no_change_whatever_the_server_added() -> None:
    live = manifest("Service", "a", status={"x": 1})
    live["metadata"] |= {"resourceVersion": "7", "uid": "u", "managedFields": []}
    found = compare(keyed(manifest("Service", "a")), keyed(live), keyed(manifest("Service", "a")))
    assert (found.changes, found.unchanged) == ((), 1), "status and bookkeeping are the server's"


def test_a_changed_field_is_shown_with_both_values() -> None:
    live, wanted = manifest("Deployment", "a", spec={"replicas": 3}), manifest("Deployment", "a", spec={"replicas": 1})
    change = compare(keyed(wanted), keyed(live), keyed(wanted)).changes[0]
    assert (change.action, change.fields) == (Action.CHANGE, (FieldDifference("spec.replicas", 3, 1),)), (
        "live, then wanted"
    )


def test_values_of_secrets_are_never_shown() -> None:
    live, wanted = manifest("Secret", "s", data={"k": "b2xk"}), manifest("Secret", "s", data={"k": "bmV3", "l": "eA=="})
    fields = compare(keyed(wanted), keyed(live), keyed(wanted)).changes[0].fields
    assert fields == (FieldDifference("data.k", SECRET, SECRET), FieldDifference("data.l", ABSENT, SECRET)), "no more"


def test_what_nothing_wants_goes_last_first_and_data_stays() -> None:
    gone = keyed(manifest("Service", "a"), manifest("Deployment", "b"), manifest("PersistentVolumeClaim", "c"))
    found = compare({}, gone, {})
    assert [change.key.name for change in found.changes] == ["b", "a"], "last applied, first deleted"
    assert [key.name for key in found.spared] == ["c"], "a claim is data"


def test_a_job_with_another_digest_is_recreated() -> None:
    wanted = manifest("Job", "j", spec={"template": 2})
    wanted["metadata"]["annotations"] = {"quadrant.dev/template": digest(wanted)}
    live = manifest("Job", "j", spec={"template": 1})
    anew = replaced(keyed(wanted), keyed(live))
    assert anew == frozenset(keyed(wanted)), "its template can never change"
    assert compare(keyed(wanted), keyed(live), {}).changes[0].action is Action.RECREATE, "it is made anew"
    assert not replaced(keyed(wanted), keyed(wanted)), "one that runs the same stays"


def stateful_set(size: str, **defaults: Any) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **defaults}
    return manifest("StatefulSet", "db", spec={"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": spec}]})


def test_a_stateful_set_with_another_template_of_claims_is_recreated() -> None:
    wanted, filled = stateful_set("1Gi"), stateful_set("1Gi", volumeMode="Filesystem")
    assert not replaced(keyed(wanted), keyed(filled)), "the server's defaults are no difference"
    for other in (stateful_set("20Gi"), stateful_set("1Gi", storageClassName="fast"), manifest("StatefulSet", "db")):
        live = other | {"spec": other.get("spec", {})}
        assert replaced(keyed(wanted), keyed(live)), "Kubernetes never changes a template of claims"


def test_lists_of_one_length_are_compared_by_element() -> None:
    live, wanted = {"l": [{"a": 1}, {"a": 2}]}, {"l": [{"a": 1}, {"a": 3}]}
    assert list(differences(live, wanted)) == [FieldDifference("l[1].a", 2, 3)], "the element is named"
    assert list(differences({"l": [1]}, {"l": []})) == [FieldDifference("l", [1], [])], "of another length as a whole"


def test_what_is_compared_leaves_the_object_as_it_was() -> None:
    live = manifest("Service", "a", status={})
    without_server_fields(live)
    assert "status" in live, "the caller's object is not touched"

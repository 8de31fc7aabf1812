"""`diff` shows what `up` would change, and changes nothing."""

import json

from tests.applier.cluster import STACK, Cluster
from tests.commands.running import Runner


def test_a_stack_that_is_up_has_no_drift(quadrant: Runner, settled: Cluster) -> None:
    result = quadrant("diff", *STACK)
    assert result.code == 0, result.err
    assert "no drift" in result.err, "in these words"


def test_drift_is_shown_field_by_field_without_a_change(quadrant: Runner, settled: Cluster) -> None:
    key = settled.find("Deployment")[0]
    settled.edit(key, lambda one: one["spec"]["template"]["spec"].update(terminationGracePeriodSeconds=1))
    settled.remove(settled.find("Service")[0])
    before = settled.objects
    result = quadrant("diff", *STACK)
    assert result.code == 1, "they differ"
    assert "    spec.template.spec.terminationGracePeriodSeconds: 1 -> " in result.out, "what it is and will be"
    assert "+ Service " in result.out, "what is missing"
    assert settled.objects == before, "a diff only reads"


def test_an_edited_secret_is_drift_without_its_value(quadrant: Runner, settled: Cluster) -> None:
    key = next(key for key in settled.find("Secret") if "|quadrant|" not in key)
    settled.edit(key, lambda one: one["data"].update(dict.fromkeys(one["data"], "c3RyYW5nZXI=")))
    result = quadrant("diff", *STACK)
    assert "[secret] -> [secret]" in result.out, "the difference itself is shown"
    assert not [value for value in settled.texts() if value in result.out + result.err], "and no value"


def test_programs_get_every_change_with_its_fields(quadrant: Runner, settled: Cluster) -> None:
    key = settled.find("Deployment")[0]
    settled.edit(key, lambda one: one["spec"].update(minReadySeconds=9, strategy={"type": "Odd"}))
    (change,) = json.loads(quadrant("diff", *STACK, "--format", "json").out)
    assert change["action"] == "change", "what would be done"
    assert (change["kind"], change["name"]) == ("Deployment", key.split("|")[3]), "to which object"
    assert {"live", "wanted", "path"} == set(change["fields"][0]), "each field with both values"


def test_a_cluster_without_the_stack_lacks_all_of_it(quadrant: Runner, cluster: Cluster) -> None:
    result = quadrant("diff", *STACK)
    assert result.code == 1, "everything is missing"
    assert not cluster.objects, "and stays so"

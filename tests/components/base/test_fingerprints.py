"""A generated value that changes rolls the pods that mount it, and no others."""

from collections.abc import Mapping
from typing import Any

import pytest

from quadrant_platform.commands.check import objects_of, violations
from quadrant_platform.program.recorder import record
from quadrant_platform.program.stacks import config_for
from quadrant_platform.vocabulary import SECRETS_ANNOTATION
from tests.stacks import previewed, recorded, unknowns

SYSTEM = "motovault"


def manifests(rotated: str = "", *, length: int = 32) -> list[dict[str, Any]]:
    """The objects of a stack with their values; those of one password are new."""

    def values(_urn: str, name: str) -> Mapping[str, str]:
        salt = "new" if name == rotated else "old"
        return {"result": f"{name} {salt}".ljust(length), "bcryptHash": f"$2a$10${salt} of {name}"}

    return record(config_for(SYSTEM, "dev"), "dev", values=values, reveal=True).manifests()


def prints(found: list[dict[str, Any]]) -> dict[str, str]:
    """The fingerprints of workloads by name."""
    templates = {one["metadata"]["name"]: one.get("spec", {}).get("template", {}) for one in found}
    annotations = {name: one.get("metadata", {}).get("annotations", {}) for name, one in templates.items()}
    return {name: those[SECRETS_ANNOTATION] for name, those in annotations.items() if SECRETS_ANNOTATION in those}


def mounting(found: list[dict[str, Any]], secrets: set[str]) -> set[str]:
    """The names of Deployments and StatefulSets whose pods mount one of some Secrets."""
    users = set()
    for one in found:
        pod = one["spec"]["template"]["spec"] if one["kind"] in ("Deployment", "StatefulSet") else {}
        sources = [
            source for volume in pod.get("volumes", ()) for source in volume.get("projected", {}).get("sources", ())
        ]
        if secrets & {source["secret"]["name"] for source in sources if "secret" in source}:
            users.add(one["metadata"]["name"])
    return users


def test_pods_of_deployments_and_stateful_sets_carry_a_fingerprint_where_they_mount_values() -> None:
    found = manifests()
    every = {one["metadata"]["name"] for one in found if one["kind"] == "Secret"}
    assert set(prints(found)) == mounting(found, every), "a job reads its files at every run, and would run again"


def test_a_new_value_changes_the_fingerprints_of_those_that_mount_it_and_no_others() -> None:
    before, after = manifests(), manifests("postgres-password/postgres-password")
    old = {(one["metadata"]["namespace"], one["metadata"]["name"]): one for one in before if one["kind"] == "Secret"}
    changed = {
        one["metadata"]["name"]
        for one in after
        if one["kind"] == "Secret" and one != old[one["metadata"]["namespace"], one["metadata"]["name"]]
    }
    first, second = prints(before), prints(after)
    rolled = {name for name in first if first[name] != second[name]}
    assert rolled, "the password has users"
    assert rolled == mounting(after, changed), "pods that read another value stay"


def test_a_fingerprint_is_of_salted_hashes_and_never_of_a_value() -> None:
    assert prints(manifests()) == prints(manifests(length=40)), "a short password could be guessed from its digest"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_what_is_rendered_has_no_fingerprint_of_values_that_it_lacks(stage: str) -> None:
    assert not prints(recorded(SYSTEM, stage).manifests()), "it would be that of a placeholder"


def test_a_fingerprint_that_is_not_known_yet_hides_nothing_else() -> None:
    preview, known = previewed(SYSTEM, "dev"), recorded(SYSTEM, "dev")
    hidden = unknowns(preview)
    assert hidden, "the first preview knows no password"
    assert {path for _, path in hidden} == {f"spec.template.metadata.annotations.{SECRETS_ANNOTATION}"}, "and no more"
    found, wanted = (violations(objects_of(one)) for one in (preview, known))
    assert found == wanted, "policies judge the rest of the pod"

"""Systems, and installations of one system under several prefixes, share a cluster and nothing in it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from quadrant_platform.program.recorder import Recording
from quadrant_platform.reachability import prove
from quadrant_platform.vocabulary import PART_OF_LABEL, SYSTEM_LABEL
from tests.stacks import STACKS
from tests.systems.side_by_side import identities, installed, together

PREFIXES = ("", "al-", "bo-")
SYSTEMS_OF_DEV = ("motovault", "motovault-phase4", "pinky-promise", "carbon254", "agents")
stacks = pytest.mark.parametrize(("system", "stage"), STACKS)
Groups = list[Recording]


def copies(system: str, stage: str) -> Groups:
    return [installed(system, stage, prefix) for prefix in PREFIXES]


def systems() -> Groups:
    return [installed(system, "dev") for system in SYSTEMS_OF_DEV]


@stacks
def test_installations_of_one_system_share_no_object(system: str, stage: str) -> None:
    for one, other in combinations(copies(system, stage), 2):
        shared = identities(one) & identities(other)
        assert not shared, f"the second one would take {sorted(shared)} from the first"


def test_different_systems_share_no_object() -> None:
    for one, other in combinations(systems(), 2):
        shared = identities(one) & identities(other)
        assert not shared, f"the second one would take {sorted(shared)} from the first"


@stacks
def test_installations_reach_nothing_of_each_other(system: str, stage: str) -> None:
    manifests, matrix = together(copies(system, stage))
    found = prove(manifests, matrix)
    assert found.equal, f"{found.missing[:3]} are refused and {found.excess[:3]} are allowed, beside the rows of each"
    crossing = [row for row in matrix["rows"] if crosses(row, matrix["peers"])]
    assert not crossing, f"no row leads from one installation to another: {crossing[:3]}"


def crosses(row: dict[str, Any], peers: dict[str, Any]) -> bool:
    ends = [peers[row[end]] for end in ("from", "to")]
    own = [end["labels"].get(PART_OF_LABEL, end["namespace"]) for end in ends if end["kind"] == "workload"]
    prefixes = {next((prefix for prefix in PREFIXES[1:] if name.startswith(prefix)), "") for name in own}
    return len(prefixes) > 1


def test_different_systems_reach_nothing_of_each_other() -> None:
    manifests, matrix = together(systems())
    assert prove(manifests, matrix).equal, "all stacks of dev together permit their own rows and nothing else"


def test_the_proof_would_see_a_connection_between_installations() -> None:
    manifests, matrix = together(copies("motovault", "dev"))
    ends = ("al-motovault-backend", "Egress"), ("bo-motovault-backend", "Ingress")
    everything = [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"namespace": namespace, "name": "open"},
            "spec": {
                "podSelector": {},
                "policyTypes": [way],
                way.lower(): [{("to" if way == "Egress" else "from"): [{"namespaceSelector": {}}]}],
            },
        }
        for namespace, way in ends
    ]
    excess = prove([*manifests, *everything], matrix).excess
    found = {(one.source.partition("/")[0], one.target.partition("/")[0]) for one in excess}
    assert (ends[0][0], ends[1][0]) in found, "two policies that are too wide open a way, and the proof reports it"


@stacks
def test_logical_names_do_without_the_prefix(system: str, stage: str) -> None:
    plain, other = ({one.urn.split("::", 1)[1] for one in run.resources} for run in copies(system, stage)[:2])
    assert plain == other, "a prefix is where a stack goes, not what it consists of"


def test_labels_tell_installations_apart() -> None:
    for prefix, recording in zip(PREFIXES, copies("motovault", "dev"), strict=True):
        labels = [one["metadata"].get("labels", {}) for one in recording.manifests()]
        values = {found[key] for found in labels for key in (SYSTEM_LABEL, PART_OF_LABEL) if key in found}
        assert values == {f"{prefix}motovault"}, "whoever selects by them across namespaces finds one installation"


def test_alerts_of_an_installation_read_its_own_namespaces() -> None:
    rules = [one for one in installed("motovault", "dev", "alice-").manifests() if one["kind"] == "PrometheusRule"]
    queries = [rule["expr"] for one in rules for group in one["spec"]["groups"] for rule in group["rules"]]
    assert any('"alice-' in query for query in queries), "alerts name namespaces"
    theirs = [query for query in queries if '"motovault-' in query]
    assert not theirs, f"{theirs[:3]} would ring for the neighbour"

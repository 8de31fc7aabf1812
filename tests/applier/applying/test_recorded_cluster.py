"""The state names the cluster of a stack, and another one is never taken for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier.applying.pulumi_cli import PulumiStack
from quadrant_platform.applier.applying.recorded_cluster import has_moved, record_of
from quadrant_platform.applier.applying.state_record import StateRecord, read_record
from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.applier.planning.configured_stack import ConfiguredStack
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.program.stacks import config_for
from tests.applier.applying.fake_pulumi import FakePulumi

HERE, THERE = "476835dd-22b9-4a74-9b2e-7196e21831ac", "b0c1ffab-0a3e-4f57-8a19-55f3b6a8d2f1"
STACK = ConfiguredStack("agents", "dev", config_for("agents", "dev"))
PROVIDER = "urn:pulumi:agents-dev::quadrant::quadrant:cluster:Kubernetes$pulumi:providers:kubernetes::kubernetes"
OBJECT = "urn:pulumi:agents-dev::quadrant::kubernetes:core/v1:Secret::backend/db"
RANDOM = "urn:pulumi:agents-dev::quadrant::random:index/randomPassword:RandomPassword::db"


def state(uid: str, kubeconfig: str = "/etc/a") -> list[dict[str, Any]]:
    """The resources of a state with one Secret in one cluster, in the shape in which pulumi 3.274 exports them."""
    return [
        {"urn": PROVIDER, "type": "pulumi:providers:kubernetes", "id": "1",
         "inputs": {"clusterIdentifier": uid, "kubeconfig": kubeconfig}},
        {"urn": RANDOM, "type": "random:index/randomPassword:RandomPassword", "id": "none", "dependencies": [OBJECT]},
        {"urn": OBJECT, "type": "kubernetes:core/v1:Secret", "provider": f"{PROVIDER}::1", "dependencies": [RANDOM],
         "inputs": {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "backend"}}},
    ]  # fmt: skip


def session(kind: ClusterType = ClusterType.FOREIGN, file: str = "/etc/b") -> ClusterSession:
    return ClusterSession(ClusterTarget(kind, Path(file), None, "named"), "blue", Kubectl(), {})


def engine(pulumi: FakePulumi) -> PulumiStack:
    return PulumiStack(str(pulumi.program), "agents-dev", {})


def test_the_same_cluster_by_another_file_is_no_move_of_the_stack(pulumi: FakePulumi) -> None:
    pulumi.holds(state(HERE))
    record = record_of(engine(pulumi), session(), STACK, ClusterFacts(HERE), print)
    assert [one.uid for one in record.clusters] == [HERE], "it is where the state records it"
    assert has_moved(record, session().target), "only the way to it is another"


def test_another_cluster_is_refused_with_both_names_and_three_ways_out(pulumi: FakePulumi) -> None:
    pulumi.holds(state(HERE))
    with pytest.raises(BadInput) as refused:
        record_of(engine(pulumi), session(), STACK, ClusterFacts(THERE), print)
    text = str(refused.value)
    assert f"records the cluster {HERE} (reached by /etc/a)" in text, "the one of the state"
    assert f"lead to the cluster {THERE} (reached by /etc/b, context blue)" in text, "the one of the settings"
    for way in ("set quadrant:kubeconfig back", "`quadrant down --system", f"`quadrant forget {HERE} --system"):
        assert way in text, "each of them ends in one cluster"


def test_a_state_without_objects_is_of_no_cluster(pulumi: FakePulumi) -> None:
    pulumi.holds(state(HERE)[:2])
    assert not record_of(engine(pulumi), session(), STACK, ClusterFacts(THERE), print).clusters, (
        "after a destroy, any cluster will do"
    )


def test_a_stack_that_pulumi_does_not_know_records_nothing(pulumi: FakePulumi) -> None:
    pulumi.fails("export", "error: no stack named 'agents-dev' found\n")
    assert read_record(engine(pulumi)).resources == [], "it is made on first use"


def test_the_record_of_our_own_cluster_goes_with_it(pulumi: FakePulumi) -> None:
    pulumi.holds(state(HERE, "/var/lab/kubeconfig"))
    lines: list[str] = []
    record_of(engine(pulumi), session(ClusterType.LAB, "/var/lab/kubeconfig"), STACK, ClusterFacts(THERE), lines.append)
    assert [one["urn"] for one in pulumi.state()["resources"]] == [RANDOM], "a lab that was made anew is empty"
    assert "the lab that the state records is gone" in lines[0], "and one line reports it"


def test_a_record_without_a_cluster_keeps_what_was_generated_and_no_loose_ends() -> None:
    pending = [{"resource": {"urn": OBJECT, "provider": f"{PROVIDER}::1"}, "type": "creating"}]
    document = {"deployment": {"resources": state(HERE), "pending_operations": pending}}
    rest = StateRecord(document).without(HERE)
    assert [one["urn"] for one in rest.resources] == [RANDOM], "passwords open restored data"
    assert rest.resources[0]["dependencies"] == [], "pulumi refuses a state that depends on what is not in it"
    assert rest.pending == [], "what was begun there is over"
    assert StateRecord(document).without(THERE).resources == state(HERE), "another cluster's record stays"

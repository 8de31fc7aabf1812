"""The kubelet probes what the model declares, so that a row can admit it where nodes are filtered."""

import pytest

from tests.stacks import STACKS, Manifest, of_kind, planned

KINDS = ("startupProbe", "readinessProbe", "livenessProbe")


def _asked(workload: Manifest) -> set[int]:
    """The ports on which the kubelet asks a workload's containers."""
    probes = (container.get(kind, {}) for container in workload["containers"] for kind in KINDS)
    actions = (probe.get("httpGet") or probe.get("tcpSocket") for probe in probes)
    return {int(action["port"]) for action in actions if action}


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_the_model_knows_every_port_on_which_the_kubelet_asks(system: str, stage: str) -> None:
    ends = [end for _, end in planned(system, stage).topology.own()]
    for workload in of_kind(system, stage, "Deployment", "StatefulSet"):
        labels, namespace = workload["spec"]["selector"]["matchLabels"], workload["metadata"]["namespace"]
        [end] = [one for one in ends if (one.namespace, dict(one.labels)) == (namespace, labels)]
        found = {listener.number for listener in end.probed}
        assert found == _asked(workload["spec"]["template"]["spec"]), f"{end.id}: a row less kills it, one more is open"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_an_operators_servers_are_asked_for_their_status(system: str, stage: str) -> None:
    ends = planned(system, stage).topology.endpoints
    for cluster in of_kind(system, stage, "Cluster"):
        [listener] = ends[cluster["metadata"]["name"]].probed
        assert listener.name == "status", "CloudNativePG's probes go to its own port, not to PostgreSQL's"

"""The preview shows the tree of components, the verdict of the policies and the matrix."""

import json

import pytest

from tests.commands.running import STACK, Runner

pytestmark = pytest.mark.usefixtures("sample")


def test_children_are_below_their_component(quadrant: Runner) -> None:
    lines = quadrant("preview", *STACK).out.splitlines()
    component = next(index for index, line in enumerate(lines) if line.endswith("Workload web"))
    below = lines[component + 1 : component + 6]
    indent = lines[component].index("Workload")
    assert all(line[indent - 4 :].lstrip("│ ").startswith(("├", "└")) for line in below), "a tree by parent"
    assert any("Deployment sample-frontend/web" in line for line in below), "a label has kind, namespace and name"


def test_mandatory_violations_are_an_exit_code(quadrant: Runner) -> None:
    result = quadrant("preview", *STACK)
    assert result.code == 1, "the sample's pods have no security context"
    assert "mandatory" in result.out, "the verdict has its level"


def test_programs_get_resources_counts_policies_and_matrix(quadrant: Runner) -> None:
    document = json.loads(quadrant("preview", *STACK, "--format", "json").out)
    guessed = {"guessedAddresses", "guessedSettings"}
    shown = {"title", "waysOut", "devPorts", "notBuilt", "needs", "needsKinds"} | guessed
    assert set(document) == {"resources", "counts", "policies", "matrix"} | shown, "it has the parts that it promises"
    assert document["counts"]["NetworkPolicy"] == 4, "one a namespace and one a workload"
    assert document["matrix"] == {"peers": 4, "rows": 6, "written": 2, "implied": 4, "proved": True}, (
        "the summary counts the sample's matrix and compares the policies with it"
    )
    web = next(one for one in document["resources"] if one["name"] == "web" and "Deployment" in one["type"])
    assert web["parent"].endswith("quadrant:sample:Workload::web"), "programs can rebuild the tree"


def test_kinds_that_no_cluster_has_by_itself_are_listed(quadrant: Runner) -> None:
    document = json.loads(quadrant("preview", *STACK, "--format", "json").out)
    wanted = [{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor"}]
    assert document["needsKinds"] == wanted, "an operator's; a NetworkPolicy every cluster has"

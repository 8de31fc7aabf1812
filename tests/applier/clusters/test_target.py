"""Where a stack goes follows from its file and from the machine, in this order."""

from dataclasses import replace
from pathlib import Path

import pytest

from quadrant_platform.applier.clusters.target import ClusterType, HostFacts, choose
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.stack_file import CONTEXT, KUBECONFIG

BARE = HostFacts(
    kubeconfig=None,
    docker=False,
    kind=False,
    lab_kubeconfig=Path("/cache/lab/kubeconfig"),
    kind_kubeconfig=Path("/state/kind.kubeconfig"),
    home=Path("/home/dev"),
)


def test_a_bare_machine_gets_the_lab() -> None:
    target = choose({}, BARE)
    assert (target.type, target.kubeconfig) == (ClusterType.LAB, BARE.lab_kubeconfig), "it needs nothing"
    assert "no Docker daemon answers" in target.reason, "the line gives the reason"


def test_docker_with_kind_is_preferred_to_the_lab() -> None:
    assert choose({}, replace(BARE, docker=True, kind=True)).type is ClusterType.KIND, "it is nearer to a real cluster"


@pytest.mark.parametrize(("docker", "kind"), [(True, False), (False, True)])
def test_half_of_docker_and_kind_is_none(docker: bool, kind: bool) -> None:
    assert choose({}, replace(BARE, docker=docker, kind=kind)).type is ClusterType.LAB, (
        "one cannot start without the other"
    )


def test_a_kubeconfig_of_the_environment_goes_before_our_own_clusters_and_is_to_be_written_down() -> None:
    target = choose({}, replace(BARE, kubeconfig="/k/config", docker=True, kind=True))
    assert (target.type, target.kubeconfig) == (ClusterType.FOREIGN, Path("/k/config")), "the user has a cluster"
    assert target.adopt, "never behind the user's back: the stack's file names it from now on"


def test_the_stacks_own_setting_goes_before_the_environment() -> None:
    target = choose({KUBECONFIG: "~/team/config", CONTEXT: "blue"}, replace(BARE, kubeconfig="/k/config"))
    assert (target.kubeconfig, target.context) == (Path("/home/dev/team/config"), "blue"), "what is written down counts"
    assert not target.adopt, "there is nothing to write"
    assert "KUBECONFIG=/k/config is not used" in target.reason, "the user reads why"


def test_a_context_alone_chooses_from_the_usual_file() -> None:
    assert choose({CONTEXT: "blue"}, BARE).kubeconfig == Path("/home/dev/.kube/config"), "as kubectl does"


@pytest.mark.parametrize(
    ("file", "kind"), [(BARE.lab_kubeconfig, ClusterType.LAB), (BARE.kind_kubeconfig, ClusterType.KIND)]
)
def test_local_clusters_are_recognized_by_their_kubeconfig(file: Path, kind: ClusterType) -> None:
    by_environment = choose({}, replace(BARE, kubeconfig=str(file)))
    assert (by_environment.type, by_environment.adopt) == (kind, False), "it may be started, and is not written down"
    assert choose({KUBECONFIG: str(file)}, BARE).type is kind, "also where the stack names it"


def test_our_own_clusters_are_called_by_their_kind() -> None:
    assert choose({}, BARE).label("quadrant") == "lab", "there is one of each on a machine"
    assert choose({}, replace(BARE, docker=True, kind=True)).label("kind-quadrant") == "kind", "whatever its context"


def test_no_two_clusters_share_a_label() -> None:
    one, other = (choose({KUBECONFIG: file}, BARE) for file in ("/k/one", "/k/other"))
    labels = {target.label(context) for target in (one, other) for context in ("blue", "a/b", "a:b")}
    assert len(labels) == 6, "neither kubeconfigs nor contexts of a like name"
    assert one.label("blue").startswith("blue-"), "people recognize theirs"


def test_a_label_is_fit_for_the_name_of_a_file() -> None:
    label = choose({KUBECONFIG: "/k/one"}, BARE).label(f"arn:aws:eks:eu-1:1234:cluster/{'x' * 300}")
    assert "/" not in label, "a context may have any sign"
    assert len(label) < 80, "and any length"


def test_several_files_in_kubeconfig_are_refused_with_the_remedy() -> None:
    with pytest.raises(BadInput, match=r"names 2 files.*name one file"):
        choose({}, replace(BARE, kubeconfig="/a:/b"))

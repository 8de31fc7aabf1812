"""`up` makes a cluster of kind complete: created, and given what a stack needs beyond kind."""

from pathlib import Path

import pytest

from quadrant_platform.applier.clusters.local_clusters import KindCluster
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import KubectlError
from quadrant_platform.lab.build import image_builds
from quadrant_platform.lab.build.catalogue import BACKUP_TOOLS, SAMPLE
from quadrant_platform.lab.kind import completion as bringing
from quadrant_platform.lab.kubernetes import definitions
from tests.applier.cluster import STACK
from tests.applier.kind_machine import CERTIFICATES, KindMachine
from tests.commands.running import Runner


def up(*names: str) -> list[str]:
    """Start kind's cluster for images, and return the lines of progress."""
    lines: list[str] = []
    KindCluster().up(names, lines.append)
    return lines


def loaded(kind: KindMachine) -> list[str]:
    return [Path(line.split()[2]).name for line in kind.calls("load")]


def test_a_stack_comes_up_on_docker_and_kind_alone(kind: KindMachine, quadrant: Runner) -> None:
    kind.has("v1", "Service", "default", "kubernetes", clusterIP="10.96.0.1")
    result = quadrant("up", *STACK)
    assert result.code in (0, 1), result.err
    assert "kind: no KUBECONFIG, and Docker and kind are here" in result.err, "the choice is reported"
    assert kind.cluster.find("Deployment"), "the stack is applied in the cluster that was made for it"
    assert kind.files()[:2] == ["calico.yaml", "certificates.yaml"], "a network before the pods that need it"


def test_the_cluster_is_created_as_in_the_workflow_and_completed(kind: KindMachine) -> None:
    up()
    (created,) = kind.calls("create")
    assert f"--config {bringing.CONFIG}" in created, "one file configures a cluster of kind"
    assert kind.cluster.find("CustomResourceDefinition", CERTIFICATES), "the stack's kinds are there"
    assert loaded(kind) == ["sample:1.0.0.tar", "cert-manager-controller:v1.11.5.tar"], "no registry has these"


def test_a_second_up_finds_everything_there(kind: KindMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    up()
    before, loads = kind.cluster.versions(), loaded(kind)
    monkeypatch.setattr(definitions, "all_kinds", lambda *_: pytest.fail("megabytes are read for nothing"))
    monkeypatch.setattr(image_builds, "ensure", lambda *_: pytest.fail("an image is made for nothing"))
    assert up() == [], "there is nothing to report"
    assert kind.cluster.versions() == before, "not even a version moves"
    assert (len(kind.calls("create")), loaded(kind)) == (1, loads), "nothing is created or loaded twice"
    assert kind.files().count("calico.yaml") == 1, "the network is left alone"


@pytest.mark.parametrize("stage", ["-f -", "crd/", "calico.yaml", "daemonset/", "certificates.yaml", "deployment/"])
def test_an_up_that_broke_off_behind_the_creation_is_finished_by_the_next(kind: KindMachine, stage: str) -> None:
    kind.breaks_at(stage)
    with pytest.raises(KubectlError, match=r"goes on from here|run this again"):
        up()
    kind.mended()
    up()
    assert len(kind.calls("create")) == 1, "the cluster is there already"
    assert len(loaded(kind)) == 2, "an image is loaded once"
    assert kind.cluster.find("CustomResourceDefinition", CERTIFICATES), "what was missing is there"
    assert up() == [], "and nothing is left to do"


def test_a_cluster_whose_creation_broke_off_is_made_anew(kind: KindMachine) -> None:
    (kind.folder / "killed").touch()
    with pytest.raises(BadInput, match="create cluster quadrant failed"):
        up()
    (kind.folder / "killed").unlink()
    assert "removing a cluster of kind whose creation was interrupted" in up(), "data of ours cannot be in it"
    assert (len(kind.calls("create")), len(kind.calls("delete"))) == (2, 1), "kind lists it, and it never gets ready"
    up()
    assert len(kind.calls("delete")) == 1, "a whole cluster is not removed"


def test_the_users_own_kubeconfig_is_never_reached(kind: KindMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kind.folder / "kubeconfig"))
    up()
    assert set(kind.cluster.read()["reached"]) == {"", kind.kubeconfig}, "the user has another cluster in it"


def test_without_kubectl_nothing_is_created(kind: KindMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    (kind.folder / "bin" / "kubectl").unlink()
    monkeypatch.setenv("PATH", str(kind.folder / "bin"))
    with pytest.raises(BadInput, match=r"kubectl: is not on PATH, and every cluster is reached by it; install it"):
        up()
    assert kind.calls() == [], "kind was not even asked"


def test_kubectl_of_the_lab_does_where_none_is_on_path(kind: KindMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    (kind.folder / "lab" / "bin").mkdir(parents=True)
    (kind.folder / "bin" / "kubectl").rename(kind.folder / "lab" / "bin" / "kubectl")
    for tool in ("cat", "rm"):
        (kind.folder / "bin" / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(kind.folder / "bin"))
    up()
    assert kind.cluster.find("CustomResourceDefinition", CERTIFICATES), "what the lab built reaches every cluster"


def test_all_that_the_machine_lacks_is_reported_before_anything_is_created(
    kind: KindMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "problems", lambda _home: (Problem(("go",), "is not on PATH", "install Go"),))
    monkeypatch.setattr(image_builds, "obstacles", lambda *_: (Problem(("user",), "is not root", "run as root"),))
    with pytest.raises(BadInput, match=r"go: is not on PATH; install Go\nuser: is not root; run as root"):
        up()
    assert not kind.calls("create"), "a cluster that cannot be completed is in the way"


def test_an_image_of_the_stack_that_no_registry_has_is_loaded(kind: KindMachine) -> None:
    up("pinky-promise/backup-tools:17.6", "docker.io/library/redis:7.2.11")
    assert "backup-tools:17.6.tar" in loaded(kind), "the short name means the same image"
    assert not [name for name in loaded(kind) if name.startswith("redis")], "the node pulls what a registry has"
    before = len(loaded(kind))
    KindCluster().load([BACKUP_TOOLS, SAMPLE], lambda _line: None)
    assert len(loaded(kind)) == before, "they are there already"


def test_an_image_with_other_contents_is_loaded_again(kind: KindMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    up()
    monkeypatch.setattr(
        image_builds, "archive_path", lambda image, _home: kind.folder / f"{image.name.rpartition('/')[2]}-2.tar"
    )
    up()
    assert len(loaded(kind)) == 4, "a new state of the sample has the name of the old one"


def test_a_definition_that_was_deleted_is_installed_again(kind: KindMachine) -> None:
    up()
    kind.cluster.remove(kind.cluster.find("CustomResourceDefinition", CERTIFICATES)[0])
    up()
    assert kind.cluster.find("CustomResourceDefinition", CERTIFICATES), "the record is compared with the cluster"


def test_another_version_of_the_definitions_is_installed(kind: KindMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    up()
    monkeypatch.setattr(definitions, "digest", lambda _sources: "another")
    assert "installing 1 definitions" in up(), "the same names may have other schemas"


def test_a_cluster_with_a_network_of_its_own_keeps_it(kind: KindMachine) -> None:
    kind.has("apps/v1", "DaemonSet", "kube-system", "kindnet")
    up()
    assert "calico.yaml" not in kind.files(), "two networks would fight over the pods"


def test_a_network_that_cannot_be_fetched_is_reported_with_both_remedies(kind: KindMachine) -> None:
    kind.cluster.configure(offline=True)
    with pytest.raises(KubectlError, match=r"cannot read https://\S+/calico.yaml; let this machine reach .* or give"):
        up()


def test_down_leaves_no_cluster_and_no_kubeconfig(kind: KindMachine) -> None:
    up()
    KindCluster().down(lambda _line: None)
    assert len(kind.calls("delete")) == 1, "kind removes it"
    assert not Path(kind.kubeconfig).exists(), "nothing names a cluster that is gone"

"""kubectl reaches the cluster that it was made for, and reports failures in the cluster's words."""

import json
from pathlib import Path

import pytest

from quadrant_platform.host.kubectl import Kubectl, KubectlError, listed, parsed

SHOWING = 'echo "$@"; echo "KUBECONFIG=$KUBECONFIG NO_PROXY=$NO_PROXY"'


def program(folder: Path, script: str) -> str:
    """Write a kubectl."""
    file = folder / "kubectl"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def test_every_call_names_its_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/elsewhere")
    kubectl = Kubectl(program(tmp_path, SHOWING), Path("/here"), "mine", cache=Path("/cache"))
    shown = kubectl.need("get", "pods")
    assert "--kubeconfig /here --context mine --cache-dir /cache get pods" in shown, "the options come first"
    assert "KUBECONFIG= " in shown, "the user may have another cluster in it"


def test_without_a_kubeconfig_kubectls_own_rules_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/elsewhere")
    shown = Kubectl(program(tmp_path, SHOWING), environment={"NO_PROXY": "near"}).need("get", "pods")
    assert shown.startswith("get pods\n"), "nothing names a cluster"
    assert "KUBECONFIG=/elsewhere NO_PROXY=near" in shown, "the user's environment, and what was added to it"


@pytest.mark.parametrize(
    ("remedy", "text"),
    [("", "no such thing\nnot here"), ("look there", "kubectl get pods x failed: no such thing\nnot here; look there")],
)
def test_a_failure_gives_the_clusters_own_words(tmp_path: Path, remedy: str, text: str) -> None:
    script = "echo 'Warning: old' >&2; echo 'no such thing' >&2; echo 'not here' >&2; exit 3"
    kubectl = Kubectl(program(tmp_path, script), remedy=remedy)
    with pytest.raises(KubectlError) as error:
        kubectl.need("get", "pods", "x", "--all-namespaces")
    assert str(error.value) == text, "warnings are no reason"


def test_a_silent_failure_names_the_call(tmp_path: Path) -> None:
    with pytest.raises(KubectlError, match="kubectl get pods failed"):
        Kubectl(program(tmp_path, "exit 4")).need("get", "pods")


def test_a_kubectl_that_is_missing_is_a_failure_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(KubectlError, match=r"is not on PATH, and the cluster is reached by it; install it"):
        Kubectl(str(tmp_path / "kubectl")).run("get", "pods")


def test_objects_are_applied_as_the_managers_own_in_their_order(tmp_path: Path) -> None:
    kubectl = Kubectl(program(tmp_path, f'echo "$@" > {tmp_path}/call; cat > {tmp_path}/objects'), manager="lab")
    kubectl.apply([{"kind": "B"}, {"kind": "A"}])
    call = (tmp_path / "call").read_text(encoding="utf-8")
    assert "--server-side --field-manager=lab --force-conflicts" in call, "a changed field is taken back"
    assert [one["kind"] for one in json.loads((tmp_path / "objects").read_text())["items"]] == ["B", "A"], "in order"
    (tmp_path / "call").unlink()
    kubectl.apply([])
    assert not (tmp_path / "call").exists(), "kubectl refuses an empty list"


def test_a_file_or_an_address_is_applied_by_its_name(tmp_path: Path) -> None:
    kubectl = Kubectl(program(tmp_path, f'echo "$@" > {tmp_path}/call'))
    kubectl.apply_file("calico.yaml")
    assert (tmp_path / "call").read_text(encoding="utf-8").endswith("-f calico.yaml\n"), "kubectl reads it itself"


@pytest.mark.parametrize("text", ["", listed([{"kind": "A"}, {"kind": "B"}]), '{"kind": "A"}\n{"kind": "B"}'])
def test_objects_come_in_a_list_or_one_after_another(text: str) -> None:
    assert [one["kind"] for one in parsed(text)] == (["A", "B"] if text else []), "kubectl writes both"

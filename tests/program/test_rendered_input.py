"""What kustomize and Helm render is judged as files are."""

import io
import shutil
from pathlib import Path

import pytest

from tests.commands.files import GOOD, write
from tests.commands.running import Runner

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec: {containers: [{name: c, image: c}]}\n"


class Input:
    """Standard input of some bytes."""

    def __init__(self, text: bytes) -> None:
        self.buffer = io.BytesIO(text)


@pytest.mark.parametrize(("text", "code"), [
    (f"---\n# Source: shop/templates/a.yaml\n{GOOD}", 0), (f"{GOOD}---\n{POD}", 1), ("", 2), ("NOTES: text\n", 2),
])  # fmt: skip
def test_the_output_of_helm_is_read_from_standard_input(
    quadrant: Runner, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", Input(text.encode()))
    assert quadrant("check", "--helm-output", "-").code == code, "objects are judged, and without one nothing passed"


@pytest.mark.parametrize("stdin", [None, Input(b"\xff\xfe")])
def test_standard_input_that_cannot_be_read_is_bad_input(
    quadrant: Runner, monkeypatch: pytest.MonkeyPatch, stdin: Input | None
) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    result = quadrant("check", "--helm-output", "-")
    assert (result.code, "helm template" in result.err) == (2, True), "the remedy is a pipe"


@pytest.mark.skipif(not shutil.which("kubectl"), reason="needs kubectl: it builds kustomizations")
def test_a_kustomization_is_built_and_judged(quadrant: Runner, tmp_path: Path) -> None:
    write(tmp_path, kustomization_yaml="namePrefix: x-\nresources: [pod.yaml]\n", pod_yaml=POD)
    result = quadrant("check", "--kustomize", tmp_path)
    assert (result.code, " n/x-p: " in result.out) == (1, True), "under the name that it gives"
    broken = quadrant("check", "--kustomize", write(tmp_path / "b", kustomization_yaml="resources: [gone.yaml]\n"))
    assert (broken.code, "gone.yaml" in broken.err) == (2, True), "in the words of kustomize"


def test_one_source_is_judged_at_a_time(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", tmp_path, "--kustomize", tmp_path)
    assert (result.code, "--kustomize" in result.err) == (2, True), "the remedy names the choices"

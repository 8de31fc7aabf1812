"""Files that a kustomization changes are no objects as applied; what it only lists is judged as it is."""

import shutil
from pathlib import Path

import pytest

from quadrant_platform.program.kustomizations import changed_files
from quadrant_platform.program.manifest_files import read_manifests
from quadrant_platform.program.rendered_input import read_kustomization
from tests.commands.files import GOOD, write
from tests.commands.running import Runner

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec: {containers: [{name: c, image: c}]}\n"
LISTS = "resources: [pod.yaml]\n"
PATCH = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: true}\n"
CHANGES = {
    "namespace": "namespace: shop",
    "namePrefix": "namePrefix: x-",
    "nameSuffix": "nameSuffix: -x",
    "labels": "labels: [{pairs: {a: b}, includeSelectors: true}]",
    "commonLabels": "commonLabels: {a: b}",
    "commonAnnotations": "commonAnnotations: {a: b}",
    "patches": "patches: [{path: other.yaml}]",
    "patchesStrategicMerge": "patchesStrategicMerge: [other.yaml]",
    "patchesJson6902": "patchesJson6902: [{target: {kind: Pod, name: p}, path: other.yaml}]",
    "images": "images: [{name: c, newTag: v1}]",
    "replicas": "replicas: [{name: p, count: 2}]",
    "replacements": "replacements: [{path: other.yaml}]",
    "configMapGenerator": "configMapGenerator: [{name: c, files: [key.yaml=other.yaml]}]",
    "secretGenerator": "secretGenerator: [{name: c, envs: [.env]}]",
    "transformers": "transformers: [other.yaml]",
    "generators": "generators: [other.yaml]",
    "helmCharts": "helmCharts: [{name: c, valuesFile: other.yaml}]",
    "remote resources": "bases: ['https://example.com/base?ref=v1']",
}


@pytest.mark.parametrize("key", CHANGES)
def test_what_a_kustomization_changes_is_skipped_with_the_remedy(quadrant: Runner, tmp_path: Path, key: str) -> None:
    write(tmp_path, pod_yaml=POD, kustomization_yaml=f"{LISTS}{CHANGES[key]}\n", beside__a_yaml=GOOD)
    result = quadrant("check", "--manifests", tmp_path)
    skipped = [line for line in result.err.splitlines() if "/pod.yaml:1: " in line]
    assert result.code == 0, f"the Pod as written is applied by nobody: {result.out}"
    assert len(skipped) == 1, "the file is named once"
    assert f"({key})" in skipped[0], "and what changes it"
    assert skipped[0].endswith("; give that folder to --kustomize"), "and how it is judged"


@pytest.mark.parametrize("key", [key for key, text in CHANGES.items() if "other.yaml" in text])
def test_what_a_kustomization_reads_is_no_object(quadrant: Runner, tmp_path: Path, key: str) -> None:
    write(tmp_path, other_yaml=PATCH, pod_yaml=POD, kustomization_yaml=f"{LISTS}{CHANGES[key]}\n", beside__a_yaml=GOOD)
    result = quadrant("check", "--manifests", tmp_path)
    assert (result.code, "other.yaml:1: the kustomization of" in result.err) == (0, True), "a patch is half an object"


@pytest.mark.parametrize("text", [
    LISTS, f"{LISTS}commonLabels: {{}}\n", f"{LISTS}sortOptions: {{order: fifo}}\n", "namespace: x\n",
    "resources: []\nnamespace: x\n", f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nnamePrefix: x-\n{LISTS}", "[",
])  # fmt: skip
def test_what_a_kustomization_leaves_as_it_is_is_judged(quadrant: Runner, tmp_path: Path, text: str) -> None:
    write(tmp_path, pod_yaml=POD, kustomization_yaml=text)
    assert quadrant("check", "--manifests", tmp_path).code == 1, "the Pod is applied as written"


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_each_name_of_a_kustomization_is_known(quadrant: Runner, tmp_path: Path, name: str) -> None:
    write(tmp_path, pod_yaml=POD, beside__a_yaml=GOOD)
    (tmp_path / name).write_text(f"namePrefix: x-\n{LISTS}", encoding="utf-8")
    result = quadrant("check", "--manifests", tmp_path)
    assert (result.code, f"{name}:1: a kustomization" in result.err) == (0, True), "kustomize reads all three"


def test_a_folder_that_is_changed_as_a_whole_has_no_verdict(quadrant: Runner, tmp_path: Path) -> None:
    write(tmp_path, pod_yaml=POD, kustomization_yaml=f"namePrefix: x-\n{LISTS}", numbers_json="[1, 2]")
    result = quadrant("check", "--manifests", tmp_path)
    assert (result.code, result.out) == (2, ""), "nothing was judged, so nothing passed"
    assert "--kustomize" in result.err, "the remedy is told"
    assert quadrant("check", "--manifests", tmp_path / "pod.yaml").code == 1, "a file by name is judged as it is"


BASE = {"base__pod_yaml": POD, "base__kustomization_yaml": LISTS}
PATCHES = "patches: [{path: patch.yaml}]\n"
OVERLAY = {"prod__kustomization_yaml": f"resources: [../base]\n{PATCHES}", "prod__patch_yaml": PATCH}
COMPONENT = {"part__kustomization_yaml": "kind: Component\nnamePrefix: x-\n"}
INNER = {"part__kustomization_yaml": "components: [../inner]\n", "inner__kustomization_yaml": "nameSuffix: -x\n"}
USER = {"prod__kustomization_yaml": "resources: [../base]\ncomponents: [../part]\n"}
MIDDLE = {
    "mid__kustomization_yaml": "resources: [../base]\n",
    "top__kustomization_yaml": "bases: [../mid]\nnamespace: x\n",
}


@pytest.mark.parametrize(
    ("tree", "outermost"),
    [(OVERLAY, "prod"), (COMPONENT | USER, "prod"), (INNER | USER, "prod"), (MIDDLE, "top")],
    ids=["overlay", "component", "component of a component", "two levels"],
)
def test_a_base_is_changed_by_what_builds_on_it(
    quadrant: Runner, tmp_path: Path, tree: dict[str, str], outermost: str
) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml=GOOD, **BASE, **tree))
    told = [line for line in result.err.splitlines() if "base/pod.yaml" in line]
    assert (result.code, len(told)) == (0, 1), "nobody applies the base alone"
    assert f"{tmp_path}/{outermost} changes it" in told[0], "the folder to build is the outermost one"


@pytest.mark.parametrize("tree", [
    {"dev__kustomization_yaml": "resources: [../base]\n"},
    {"dev__kustomization_yaml": "resources: [../base, service.yaml]\n"},
    {"a__kustomization_yaml": "resources: [../b]\n", "b__kustomization_yaml": "resources: [../a, ../base]\n"},
    {"dev__kustomization_yaml": "resources: ['../base', \"x\\0y\", 7, {a: b}]\n"},
])  # fmt: skip
def test_a_base_that_somebody_builds_unchanged_is_judged(
    quadrant: Runner, tmp_path: Path, tree: dict[str, str]
) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, **BASE, **OVERLAY, **tree))
    circle = "b__kustomization_yaml" in tree  # has no outermost folder, so that only the overlay builds the base
    assert result.code == (2 if circle else 1), "it is applied as written, beside the overlay"
    assert result.out.count("/pod.yaml:1: mandatory: pod-level-restricted") <= 1, "once"


def test_definitions_are_read_as_they_are_written(quadrant: Runner, tmp_path: Path) -> None:
    definition = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.x.io}\n"
        "spec: {group: x.io, scope: Namespaced, names: {kind: A, plural: as},\n"
        "  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n"
    )
    crds = write(tmp_path / "crds", a_yaml=definition, kustomization_yaml="resources: [a.yaml]\nnamePrefix: x-\n")
    objects = write(tmp_path / "objects", a_yaml=GOOD)
    result = quadrant("check", "--manifests", objects, "--definitions", crds)
    assert result.code == 0, f"the schema is what counts: {result.err}"


def test_a_tree_reached_through_a_link_is_the_same_tree(quadrant: Runner, tmp_path: Path) -> None:
    write(tmp_path / "real", pod_yaml=POD, kustomization_yaml=f"namePrefix: x-\n{LISTS}", beside__a_yaml=GOOD)
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert quadrant("check", "--manifests", tmp_path / "link").code == 0, "kustomize follows links, too"


@pytest.mark.skipif(not shutil.which("kubectl"), reason="needs kubectl: it builds kustomizations")
@pytest.mark.parametrize(("text", "changed"), [
    (LISTS, False), (f"{LISTS}sortOptions: {{order: fifo}}\n", False), (f"{LISTS}commonLabels: {{}}\n", False),
    *((f"{LISTS}{CHANGES[key]}\n", True) for key in ("namespace", "namePrefix", "labels", "images", "patches")),
    (f"kind: Component\n{LISTS}{CHANGES['commonAnnotations']}\n", True),
])  # fmt: skip
def test_kustomize_itself_changes_what_is_skipped(tmp_path: Path, text: str, changed: bool) -> None:
    pod = tmp_path / "pod.yaml"
    write(tmp_path, pod_yaml=POD, other_yaml=PATCH.replace("p}", "p, namespace: n}"), kustomization_yaml=text)
    (built,) = read_kustomization(tmp_path).objects
    (written,) = read_manifests(pod)
    assert (built.manifest != written.manifest) is changed, "what kustomize says"
    assert (pod in changed_files([pod, tmp_path / "kustomization.yaml"])) is changed, "is what we say"

"""Files are read as Kubernetes reads them, with the line of each object, and what cannot be read is reported."""

import re
from pathlib import Path

import pytest

from quadrant_platform.program.manifest_files import read_manifests
from tests.commands.files import GOOD, write
from tests.commands.running import Runner


def test_lists_are_unfolded_with_the_lines_of_their_items(tmp_path: Path) -> None:
    items = '{"kind": "List", "apiVersion": "v1", "items": [\n{"kind": "A"},\n\n{"kind": "B"}]}'
    objects = read_manifests(write(tmp_path, list_json=items) / "list.json")
    assert [(one.kind, one.line) for one in objects] == [("A", 2), ("B", 4)], (
        "each item is an object with a line of its own"
    )


def test_a_missing_namespace_is_default_where_there_is_one(tmp_path: Path) -> None:
    text = "kind: Pod\nmetadata: {name: p}\n---\nkind: ClusterRole\nmetadata: {name: r}\n---\n\n"
    objects = read_manifests(write(tmp_path, a_yaml=text))
    assert [(one.kind, one.namespace) for one in objects] == [("Pod", "default"), ("ClusterRole", "")], (
        "the API server assumes the same"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\nb: [1\n", 3), ("a: *missing\n", 1), ("a: !!python/object:os.x {}\n", 1), ("{[a]: 1}\n", 1)],
    ids=["open bracket", "unknown alias", "unknown tag", "odd key"],
)
def test_a_syntax_error_is_bad_input_with_its_line(quadrant: Runner, tmp_path: Path, text: str, line: int) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, bad_yaml=text))
    assert result.code == 2, "a file that cannot be read was not checked"
    assert f"bad.yaml:{line}: not" in result.err, "the place is where an editor has to go"


def test_aliases_that_multiply_are_refused(quadrant: Runner, tmp_path: Path) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    result = quadrant("check", "--manifests", write(tmp_path, bomb_yaml=f"l0: &l0 [x]\n{levels}"))
    assert result.code == 2, "nine to the eleventh values do not fit into any memory"
    cycle = quadrant("check", "--manifests", write(tmp_path / "c", c_yaml="a: &a [*a]\n"))
    assert cycle.code == 2, "an alias inside itself has no end"


def test_merges_that_multiply_are_refused_before_they_are_made(quadrant: Runner, tmp_path: Path) -> None:
    levels = "".join(f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 9)}]}}\n" for n in range(1, 20))
    result = quadrant("check", "--manifests", write(tmp_path, merges_yaml=f"l0: &l0 {{}}\n{levels}"))
    assert result.code == 2, "the parser itself would merge for years"
    assert re.search(r"merges\.yaml:\d+: aliases within aliases", result.err), "the line is where it becomes too much"


def test_deep_brackets_are_refused_before_the_parser_overflows(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, deep_yaml="a:\n  " + "[" * 100_000))
    assert result.code == 2, "the C parser would take the process with it"
    assert "deep.yaml:2: nested too deeply" in result.err, "the place is where an editor has to go"


def test_a_file_that_cannot_be_opened_is_bad_input(
    quadrant: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    folder = write(tmp_path, shut_yaml=GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    result = quadrant("check", "--manifests", folder)
    assert result.code == 2, "the caller can open it, the program cannot"
    assert "shut.yaml:1: cannot be read: Permission denied" in result.err, "the reason is the system's own"


def test_every_unreadable_file_is_named_at_once(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml="[", b_yaml="{", c_yaml=GOOD))
    assert ("a.yaml" in result.err, "b.yaml" in result.err, "c.yaml" in result.err) == (True, True, False), (
        "one run reports all broken files and no other"
    )


CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
BESIDE = {
    "chart__templates__d_yaml": "kind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n",
    "chart__templates__if_yaml": "{{- if .Values.on }}\nkind: A\n{{- end }}\n",
    "chart__Chart_yaml": CHART,
    "chart__values_yaml": "replicas: 2\n",
    "values-prod_yaml": "replicas: 4\n",
    "kustomization_yaml": "resources: [a.yaml]\n",
    "overlay__kustomization_yml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    "docker-compose_yml": "services: {web: {image: nginx}}\n",
    "package_json": '{"name": "web", "version": "1.0.0"}',
    "ratings_json": "{rating: 5}\n{rating: 4}\n",
    "playbook_yml": "- hosts: all\n  tasks: []\n",
    "broken_yaml": "a: [\n",
    "kind_yaml": "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: []\n",
    "scheduler_json": '{"kind": "Policy", "apiVersion": "v1", "predicates": []}',
    "pod_yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: 'tablet-{{uid}}'}\n",
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_file_beside_manifests_is_skipped_and_named(quadrant: Runner, tmp_path: Path, name: str) -> None:
    write(tmp_path, a_yaml=GOOD, **{"chart__Chart_yaml": CHART, name: BESIDE[name]})
    result = quadrant("check", "--manifests", tmp_path)
    place = name.replace("__", "/").replace("_", ".")
    lines = [line for line in result.err.splitlines() if line.startswith("skipped: ") and f"/{place}:" in line]
    assert result.code == 0, "the ConfigMap was judged, and the rest is no manifest"
    assert len(lines) == 1, f"whoever expected it to be judged learns why it was not: {result.err}"


def test_a_skipped_file_does_not_hide_a_violation(quadrant: Runner, tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec: {containers: [{name: c, image: c}]}\n"
    result = quadrant(
        "check", "--manifests", write(tmp_path, a_yaml=pod, b_yaml="[", c_yaml=BESIDE["values-prod_yaml"])
    )
    assert result.code == 1, "the rest is judged"


def test_a_folder_of_other_files_only_was_not_judged(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, values_yaml="a: 1\n", compose_yaml="services: {}\n"))
    assert result.code == 2, "nothing was judged, so nothing passed"
    assert ("values.yaml" in result.err, "compose.yaml" in result.err) == (True, True), "and each is named"


def test_a_link_in_a_circle_ends(quadrant: Runner, tmp_path: Path) -> None:
    write(tmp_path, a_yaml=GOOD)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    assert quadrant("check", "--manifests", tmp_path).code == 0, "the one file is read once"


def test_a_kustomization_of_another_kind_is_an_object(tmp_path: Path) -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k, namespace: n}\n"
    assert [one.kind for one in read_manifests(write(tmp_path, a_yaml=text))] == ["Kustomization"], "of Flux"


@pytest.mark.parametrize(("text", "places"), [
    ("kind: A\nspec:\n  a: 1\n  b: {c: 1, c: 2}\n  a: 2\n", ("spec.b.c (line 4)", "spec.a (line 5)")),
    ("kind: A\nx: [{k: 1}, {k: 1, k: 1}]\n", ("x[1].k (line 2)",)),
    ("kind: A\nbase: &b {k: 1}\nx: {<<: *b, k: 2}\n", ()),
])  # fmt: skip
def test_keys_that_are_written_twice_are_kept_in_mind(tmp_path: Path, text: str, places: tuple[str, ...]) -> None:
    (found,) = read_manifests(write(tmp_path, a_yaml=text))
    assert found.repeated == places, "YAML forbids them, and parsers take the last one"


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_objects_is_bad_input(quadrant: Runner, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert quadrant("check", "--manifests", tmp_path / name).code == 2, "a wrong path must not pass as clean"


def test_hidden_folders_are_not_read(tmp_path: Path) -> None:
    assert len(read_manifests(write(tmp_path, a_yaml=GOOD, **{".git__b_yaml": "["}))) == 1, (
        "a repository's own data is no manifest"
    )


@pytest.mark.parametrize("text", ["", "---\n---\n", "# nothing\n", "kind: List\nitems: []\n", "null\n"])
def test_a_file_without_objects_is_bad_input(quadrant: Runner, tmp_path: Path, text: str) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml=text))
    assert (result.code, "there is no object" in result.err) == (2, True), "nothing was judged, so nothing passed"


def test_items_of_a_typed_list_take_its_kind(tmp_path: Path) -> None:
    text = (
        "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n- {kind: Odd, metadata: {name: b}}\n"
    )
    objects = read_manifests(write(tmp_path, a_yaml=text))
    found = [(one.api_version, one.kind, one.line) for one in objects]
    assert found == [("apps/v1", "Deployment", 4), ("apps/v1", "Odd", 5)], "the API server leaves them out"


def test_a_file_of_several_json_values_holds_as_many_objects(tmp_path: Path) -> None:
    text = '{"kind": "A", "metadata": {"name": "\\ud83d\\ude00"}}\n{"kind": "B"}\n'
    objects = read_manifests(write(tmp_path, a_json=text))
    assert [(one.kind, one.line) for one in objects] == [("A", 1), ("B", 2)], "as jq and kubectl write and read them"


def test_numbers_are_those_of_kubernetes(tmp_path: Path) -> None:
    (found,) = read_manifests(write(tmp_path, a_yaml="kind: A\nargs: [1:30, 90, 1e3, 1.5e+2, e3, 0x1F]\n"))
    assert found.manifest["args"] == ["1:30", 90, 1000.0, 150.0, "e3", 31], "no base of sixty, but powers"

"""The check judges stacks and foreign files alike, and knows where each object stands."""

import json
import re
from pathlib import Path

import pytest

from quadrant.manifests import read_manifests
from tests.quadrant.running import STACK, Runner

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: n}\n"
HOST = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {hostNetwork: true, containers: [{name: c, image: "r.example.com/c:1"}]}
"""


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.usefixtures("sample")
def test_a_stack_is_judged(quadrant: Runner) -> None:
    result = quadrant("check", *STACK, "--format", "json")
    found = json.loads(result.out)
    assert result.code == 1, "the sample's pods have no security context"
    keys = {"policy", "check", "level", "kind", "namespace", "name", "message", "file", "line"}
    assert all(set(violation) == keys for violation in found), "programs rely on the same keys in every violation"
    assert {violation["level"] for violation in found} >= {"mandatory"}, (
        "containers without a security context must stop a deployment"
    )


def test_foreign_files_are_judged_with_their_place(quadrant: Runner, tmp_path: Path) -> None:
    write(tmp_path, sub__pod_yml=f"{GOOD}---\n{HOST}")
    result = quadrant("check", "--manifests", tmp_path, "--format", "json")
    places = {(Path(v["file"]).name, v["line"]) for v in json.loads(result.out) if v["kind"] == "Pod"}
    assert result.code == 1, "a pod on the node's network must not pass"
    assert places == {("pod.yml", 5)}, "an object is found at the line where its document begins"


def test_violations_for_people_begin_with_the_place(quadrant: Runner, tmp_path: Path) -> None:
    write(tmp_path, pod_yaml=HOST)
    result = quadrant("check", "--manifests", tmp_path)
    assert result.out.startswith(f"{tmp_path}/pod.yaml:1: mandatory: "), "editors jump to such a line"
    assert "in 1 objects" in result.err, "the summary is no result"


def test_harmless_files_pass_without_a_word(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml=GOOD), "--format", "json")
    assert (result.code, json.loads(result.out)) == (0, []), "a ConfigMap violates nothing"


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


def test_a_document_that_is_no_mapping_is_reported(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml="- just\n- a list\n"), "--format", "json")
    assert result.code == 1, "what is no object cannot be applied"
    assert [v["policy"] for v in json.loads(result.out)] == ["well-formed"], "reported, not a crash"


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

    monkeypatch.setattr(Path, "read_text", refuse)
    result = quadrant("check", "--manifests", write(tmp_path, shut_yaml=GOOD))
    assert result.code == 2, "the caller can open it, the program cannot"
    assert "shut.yaml:1: cannot be read: Permission denied" in result.err, "the reason is the system's own"


def test_every_unreadable_file_is_named_at_once(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml="[", b_yaml="{", c_yaml=GOOD))
    assert ("a.yaml" in result.err, "b.yaml" in result.err, "c.yaml" in result.err) == (True, True, False), (
        "one run tells of all broken files and of no other"
    )


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_objects_is_bad_input(quadrant: Runner, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert quadrant("check", "--manifests", tmp_path / name).code == 2, "a wrong path must not pass as clean"


def test_hidden_folders_are_not_read(tmp_path: Path) -> None:
    assert len(read_manifests(write(tmp_path, a_yaml=GOOD, **{".git__b_yaml": "["}))) == 1, (
        "a repository's own data is no manifest"
    )

"""The check judges stacks and foreign files alike, and reports the place of each object."""

import json
from pathlib import Path

import pytest
import yaml

from tests.commands.files import GOOD, write
from tests.commands.running import STACK, Runner
from tests.style.sources import ROOT

HOST = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {hostNetwork: true, containers: [{name: c, image: "r.example.com/c:1"}]}
"""


@pytest.mark.usefixtures("sample")
def test_a_stack_is_judged(quadrant: Runner) -> None:
    result = quadrant("check", *STACK, "--format", "json")
    found = json.loads(result.out)
    assert result.code == 1, "the sample's pods have no security context"
    keys = {"policy", "check", "level", "kind", "namespace", "name", "message", "file", "line"}
    reasons = {"severity", "why", "remedy", "url"}
    assert all(set(violation) == keys | reasons for violation in found), "programs rely on the same keys everywhere"
    assert all(violation[key] for violation in found for key in reasons), "every row has its reason and remedy"
    assert all((ROOT / violation["url"]).is_file() for violation in found), "and names a page that is there"
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
    last = result.out.splitlines()[-1]
    assert " Remedy: " in last, "each violated policy has its remedy once"
    assert last.endswith(".md"), "and where to read on"
    assert "in 1 objects" in result.err, "the summary is no result"


def test_harmless_files_pass_without_a_word(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml=GOOD), "--format", "json")
    assert (result.code, json.loads(result.out)) == (0, []), "a ConfigMap violates nothing"


def test_a_document_that_is_no_mapping_is_reported(quadrant: Runner, tmp_path: Path) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml="- just\n- a list\n"), "--format", "json")
    assert result.code == 1, "what is no object cannot be applied"
    assert [v["policy"] for v in json.loads(result.out)] == ["well-formed"], "reported, not a crash"


PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  volumes: [{name: v, hostPath: {path: /}}]
  containers: [{name: c, image: c, securityContext: {privileged: true}}]
"""


def test_a_profile_alone_is_judged_under_the_upstream_ids(quadrant: Runner, tmp_path: Path) -> None:
    given = ("check", "--manifests", write(tmp_path, a_yaml=PODS), "--format", "json")
    result = quadrant(*given, "--profile", "pss-baseline")
    assert result.code == 1, "a privileged container violates the profile"
    assert {row["check"] for row in json.loads(result.out)} == {"privileged", "hostPathVolumes"}, (
        "and nothing else runs"
    )
    restricted = {row["check"] for row in json.loads(quadrant(*given, "--profile", "pss-restricted").out)}
    expected = "privileged restrictedVolumes allowPrivilegeEscalation runAsNonRoot seccompProfile_restricted"
    assert restricted == {*expected.split(), "capabilities_restricted"}, "as the API server lists them"


def test_a_profile_is_judged_in_the_configured_version(quadrant: Runner, tmp_path: Path) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostUsers: false\n  containers: [{name: c, image: c,"
    )
    write(tmp_path / "m", a_yaml=f"{pod} securityContext: {{procMount: Unmasked}}}}]\n")
    write(tmp_path, old_yaml="kernel-surface: {podSecurityVersion: '1.34'}\n")
    given = ("check", "--manifests", tmp_path / "m", "--profile", "pss-baseline")
    assert quadrant(*given).code == 0, "a user namespace relaxes the rule"
    assert quadrant(*given, "--config", tmp_path / "old.yaml").code == 1, "which began in 1.35"


def test_a_wrong_configuration_is_bad_input(quadrant: Runner, tmp_path: Path) -> None:
    write(tmp_path, a_yaml=GOOD, c_yaml="kernel-surface: {podSecurityVersion: '1.20'}\n")
    result = quadrant("check", "--manifests", tmp_path / "a.yaml", "--config", tmp_path / "c.yaml")
    assert result.code == 2, "nothing was judged as it was meant"
    assert "1.34" in result.err, "the remedy is what is allowed"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind: Secret\ndata: [a]", "data: expected an object, found an array"),
        ("kind: Secret\nstringData: {port: 5432}", "stringData.port: expected a string, found a number"),
        ("kind: ConfigMap\ndata: {port: 5432}", "data.port: expected a string, found a number"),
        ("kind: ConfigMapList\nitems: {a: 1}", "items: expected an array, found an object"),
        ("kind: List\nitems: [5]", "the object: expected an object, found a number"),
    ],
)
def test_a_wrong_type_is_reported_as_such(quadrant: Runner, tmp_path: Path, text: str, place: str) -> None:
    write(tmp_path, a_yaml=f"apiVersion: v1\nmetadata: {{name: a, namespace: n}}\n{text}\n")
    result = quadrant("check", "--manifests", tmp_path, "--format", "json")
    messages = {row["message"] for row in json.loads(result.out) if row["policy"] == "well-formed"}
    assert (result.code, messages) == (1, {place}), "it cannot be applied"
    assert "5432" not in result.out, "a value is not repeated"


@pytest.mark.parametrize("form", ["{}", "apiVersion: v1\nkind: List\nitems: [{}]\n"], ids=["itself", "in a list"])
def test_kinds_of_others_are_judged_by_the_definitions_that_are_given(
    quadrant: Runner, tmp_path: Path, form: str
) -> None:
    bakery = (ROOT / "tests/policies/validation/definitions/bakery.yaml").read_text(encoding="utf-8")
    definition, obj = bakery.split("---\n")
    listed = form.format(json.dumps(yaml.safe_load(definition)))
    write(tmp_path, crds__bakery_yml=listed, bad_yml=obj.replace("count: 3", "count: 300"))
    result = quadrant("check", "--manifests", tmp_path / "bad.yml", "--definitions", tmp_path / "crds")
    assert result.code == 1, "the API server refuses the object"
    assert "spec.count: must be at most 100, found 300" in result.out, "and says why"
    assert "not judged: Bakery (example.com/v1): spec.site: the format uri" in result.err, "never silently"
    assert "spec.count" not in quadrant("check", "--manifests", tmp_path / "bad.yml").out, "nobody knows without it"

"""The recorder returns what the real program registers, as Kubernetes would receive it."""

import asyncio
import base64
import gc
import sys
import time
from pathlib import Path

import pulumi
import pytest

from quadrant_platform.program import recorder
from quadrant_platform.program.recorder import PLACEHOLDER, Recorded, Recording, record
from quadrant_platform.program.wire import SECRET, UNKNOWN
from quadrant_platform.vocabulary import GENERATED_KEYS_ANNOTATION
from tests.commands.running import CONFIG, SAMPLE
from tests.stacks import unknowns

BOOM = """
def boom(_):
    raise {}
k8s.core.v1.Namespace("n", metadata=dict(name=pulumi.Output.from_input("n").apply(boom)))
"""


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record(CONFIG, "dev", SAMPLE)


def find(recording: Recording, type_: str, name: str) -> Recorded:
    return next(one for one in recording.resources if one.type == type_ and one.name == name)


def program(folder: Path, text: str) -> Path:
    path = folder / "__main__.py"
    path.write_text("import pulumi\nimport pulumi_kubernetes as k8s\n" + text, encoding="utf-8")
    return path


def test_components_and_their_children_are_recorded(recording: Recording) -> None:
    web = find(recording, "quadrant:sample:Workload", "web")
    children = [one.type.rpartition(":")[2] for one in recording.resources if one.parent == web.urn]
    assert sorted(children) == ["Deployment", "NetworkPolicy", "RandomPassword", "Secret", "ServiceAccount"], (
        "everything that the component makes is below it"
    )
    assert web.parent is None, "a component of the program itself has no component around it"


def test_a_urn_is_the_one_the_engine_gives(recording: Recording) -> None:
    deployment = find(recording, "kubernetes:apps/v1:Deployment", "web")
    expected = "urn:pulumi:dev::quadrant::quadrant:sample:Workload$kubernetes:apps/v1:Deployment::web"
    assert deployment.urn == expected, "golden URNs must be those of a real stack"


def test_a_urn_names_every_component_around_a_resource(tmp_path: Path) -> None:
    nested = program(
        tmp_path,
        "outer = pulumi.ComponentResource('quadrant:a:Outer', 'outer')\n"
        "inner = pulumi.ComponentResource('quadrant:a:Inner', 'inner', opts=pulumi.ResourceOptions(parent=outer))\n"
        "k8s.core.v1.Namespace('n', metadata={'name': 'n'}, opts=pulumi.ResourceOptions(parent=inner))\n",
    )
    urns = [one.urn for one in record({}, "dev", nested).resources]
    assert "urn:pulumi:dev::quadrant::quadrant:a:Outer$quadrant:a:Inner$kubernetes:core/v1:Namespace::n" in urns, (
        "the engine joins the types of all components above"
    )


def test_what_a_resource_waits_for_is_recorded(recording: Recording) -> None:
    deployment = find(recording, "kubernetes:apps/v1:Deployment", "web")
    names = [urn.rpartition("::")[2] for urn in deployment.dependencies]
    assert names == ["web-secret", "web"], "the Deployment waits for its Secret and its ServiceAccount"


def test_whole_numbers_are_ints_and_others_stay(recording: Recording) -> None:
    endpoint = find(recording, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "monitor").inputs["spec"][
        "endpoints"
    ]
    assert endpoint[0] == {"port": "http", "sampleLimit": 1000, "ratio": 0.5}, "nothing else about the numbers changes"
    assert isinstance(endpoint[0]["sampleLimit"], int), "a manifest with 1000.0 is refused by the API server"


def test_a_secret_keeps_its_keys_and_loses_its_values(recording: Recording) -> None:
    secret = find(recording, "kubernetes:core/v1:Secret", "web-secret").inputs
    assert not {"data", "stringData"} & secret.keys(), "values never leave the recorder"
    assert secret["metadata"]["annotations"][GENERATED_KEYS_ANNOTATION] == "password,url", (
        "the keys name what has to be filled in"
    )


def test_no_random_value_is_left_anywhere(recording: Recording) -> None:
    assert PLACEHOLDER not in repr(recording), "secrets are redacted wherever they are"


def test_a_secret_outside_of_a_secret_object_is_redacted(tmp_path: Path) -> None:
    leak = program(
        tmp_path, "k8s.core.v1.ConfigMap('c', metadata={'name': 'c'}, data={'k': pulumi.Output.secret('v')})\n"
    )
    assert record({}, "dev", leak).manifests()[0]["data"] == {"k": SECRET}, (
        "a leak shows as a leak, without what leaked"
    )


def test_random_values_come_from_the_given_source() -> None:
    asked: list[tuple[str, str]] = []

    def source(urn: str, name: str) -> dict[str, str]:
        asked.append((urn.split("::")[2], name))
        return {"result": "value"}

    record(CONFIG, "dev", SAMPLE, values=source)
    kind = "quadrant:sample:Workload$random:index/randomPassword:RandomPassword"
    assert sorted(asked) == [(kind, "api-password"), (kind, "web-password")], (
        "each random value is asked for once, by URN and name"
    )


def test_revealed_secrets_carry_the_values_of_the_source_and_nothing_else_does() -> None:
    run = record(CONFIG, "dev", SAMPLE, values=lambda _urn, name: {"result": f"value-of-{name}"}, reveal=True)
    secret = find(run, "kubernetes:core/v1:Secret", "web-secret").inputs
    texts = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    assert texts == {"password": "value-of-web-password", "url": "db://value-of-web-password"}, (
        "the API server gets what was generated, alone and composed"
    )
    assert "stringData" not in secret, "a field that the API server never returns would differ for ever"
    assert GENERATED_KEYS_ANNOTATION not in secret["metadata"].get("annotations", {}), "nothing is left to be filled in"
    others = [one for one in run.resources if one.type != "kubernetes:core/v1:Secret"]
    assert "value-of" not in repr(others), "a value outside of a Secret stays redacted"


def test_values_are_revealed_to_the_commands_of_a_cluster_alone() -> None:
    package = Path(recorder.__file__).parent
    asking = {path.relative_to(package).parts[0] for path in package.rglob("*.py") if "reveal=" in path.read_text()}
    assert asking <= {"cluster"}, "render, preview and check have no use for a value"


def test_manifests_are_the_kubernetes_objects_only(recording: Recording) -> None:
    kinds = {manifest["kind"] for manifest in recording.manifests()}
    assert "ServiceMonitor" in kinds, "custom resources are objects"
    assert len(recording.manifests()) == 14, "neither components nor random values are objects"


def test_manifests_are_without_what_only_the_provider_reads(tmp_path: Path) -> None:
    told = "{'pulumi.com/skipAwait': 'true', 'team': 'a'}"
    objects = program(
        tmp_path,
        f"k8s.core.v1.Namespace('one', metadata={{'name': 'one', 'annotations': {told}}})\n"
        "k8s.core.v1.Namespace('two', metadata={'name': 'two', 'annotations': {'pulumi.com/skipAwait': 'true'}})\n",
    )
    recording = record({}, "dev", objects)
    one, two = recording.manifests()
    assert one["metadata"]["annotations"] == {"team": "a"}, "kubectl applies no word for another tool"
    assert two["metadata"] == {"name": "two"}, "and leaves no empty mapping"
    assert "pulumi.com/skipAwait" in recording.resources[0].inputs["metadata"]["annotations"], (
        "a resource is recorded as the engine gets it"
    )


def test_two_runs_in_one_process_are_equal(recording: Recording) -> None:
    assert record(CONFIG, "dev", SAMPLE) == recording, "a run leaves nothing behind for the next"


def test_each_run_has_its_own_configuration() -> None:
    def environment(value: str) -> object:
        run = record({"quadrant:environment": value}, "dev", SAMPLE)
        return find(run, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "monitor").inputs["spec"]["environment"]

    assert [environment("dev"), environment("prod")] == ["dev", "prod"], "no setting of the first run is left"


def test_a_run_leaves_the_process_as_it_was() -> None:
    state = (Path.cwd(), list(sys.path), gc.isenabled(), sys.modules["__main__"], pulumi.get_stack())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    record(CONFIG, "other", SAMPLE)
    assert asyncio.get_event_loop() is loop, "tests with Pulumi's own mocks keep their loop"
    assert state == (Path.cwd(), list(sys.path), gc.isenabled(), sys.modules["__main__"], pulumi.get_stack()), (
        "directory, path, collector, program and stack are the caller's"
    )
    asyncio.set_event_loop(None)
    loop.close()


def test_a_program_runs_in_its_own_folder_and_imports_from_it(tmp_path: Path) -> None:
    (tmp_path / "only_here.py").write_text("NAME = 'found'\n", encoding="utf-8")
    path = program(
        tmp_path,
        "import only_here, pathlib\nassert pathlib.Path('__main__.py').exists()\n"
        "k8s.core.v1.Namespace(only_here.NAME, metadata={'name': only_here.NAME})\n",
    )
    assert [one.name for one in record({}, "dev", path).resources] == ["found"], (
        "both the import and the file were found"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "raise ArithmeticError('seven')",
        "pulumi.Output.from_input(1).apply(lambda _: (_ for _ in ()).throw(ArithmeticError('seven')))",
        BOOM.format("ArithmeticError('seven')"),
    ],
    ids=["at the top", "in an output", "in an input"],
)
def test_an_error_of_the_program_comes_out_as_it_is(tmp_path: Path, statement: str) -> None:
    with pytest.raises(ArithmeticError, match=r"^seven$"):
        record({}, "dev", program(tmp_path, statement + "\n"))
    assert record(CONFIG, "dev", SAMPLE).resources, "and the next run works"


def test_a_value_error_in_an_input_is_not_wrapped(tmp_path: Path) -> None:
    bad = BOOM.format("ValueError('eight')")
    with pytest.raises(ValueError, match=r"^eight$"):
        record({}, "dev", program(tmp_path, bad))


def test_a_program_that_reads_from_a_cluster_is_refused(tmp_path: Path) -> None:
    path = program(tmp_path, "k8s.core.v1.Namespace.get('n', 'kube-system')\n")
    with pytest.raises(RuntimeError, match="reads kubernetes:core/v1:Namespace 'n'"):
        record({}, "dev", path)


def test_a_preview_hides_only_what_a_provider_computes(recording: Recording) -> None:
    preview = record(CONFIG, "dev", SAMPLE, unknown=True)
    assert unknowns(preview) == [], "no object depends on a value that a preview lacks"
    assert len(preview.resources) == len(recording.resources), "nothing is skipped because a value is unknown"


def test_an_input_that_only_a_provider_computes_is_found() -> None:
    preview = record({**CONFIG, "quadrant:copyUid": "yes"}, "dev", SAMPLE, unknown=True)
    copy = find(preview, "kubernetes:core/v1:ConfigMap", "copy")
    assert copy.inputs["data"] == UNKNOWN or copy.inputs["data"] == {"uid": UNKNOWN}, "a preview shows no value here"
    assert [urn for urn, _ in unknowns(preview)] == [copy.urn], "it is the only object that depends on one"


def test_recording_costs_milliseconds_a_resource(recording: Recording) -> None:
    begin = time.process_time()
    record(CONFIG, "dev", SAMPLE)
    each = (time.process_time() - begin) / len(recording.resources)
    assert each < 0.02, f"{each * 1000:.1f} ms a resource makes every test slow"

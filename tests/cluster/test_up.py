"""`up` for real: it changes what differs and nothing else, and a kill at any point does no harm."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.cluster import Manifest
from tests.cluster.platform import SYSTEM, Platform, identity

pytestmark = pytest.mark.lab

POINTS = ("to create", "applying the ground", "applying the rest")
"""What `up` writes before it changes anything, before namespaces and networks, before workloads."""
WITHOUT_STATUS = ("ConfigMap", "Secret", "ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "PriorityClass")


def ours(one: Manifest) -> tuple[Any, ...]:
    """What an apply of ours would move: the generation, and our entry of the field managers with its time."""
    metadata = one["metadata"]
    entries = [entry for entry in metadata["managedFields"] if entry["manager"] == "quadrant"]
    version = metadata["resourceVersion"] if one["kind"] in WITHOUT_STATUS else None
    return metadata["uid"], metadata.get("generation"), version, entries


def described(platform: Platform) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    return {key: ours(one) for key, one in platform.members().items()}


@pytest.fixture
def system_file(motovault: Platform) -> Iterator[Path]:
    """The system's file in the copy; afterwards file and cluster are as they were."""
    file = motovault.tree / "systems" / SYSTEM / "system.yaml"
    before = file.read_text(encoding="utf-8")
    yield file
    file.write_text(before, encoding="utf-8")
    done = motovault.quadrant("up")
    assert done.returncode == 0, f"the stack as it was did not come back: {done.stderr[-2000:]}"


@pytest.fixture
def stack_file(motovault: Platform) -> Iterator[Path]:
    """The stack's file in the copy; afterwards file and cluster are as they were."""
    file = motovault.tree / "Pulumi.dev.yaml"
    before = file.read_text(encoding="utf-8")
    yield file
    file.write_text(before, encoding="utf-8")
    done = motovault.quadrant("up")
    assert done.returncode == 0, f"the stack as it was did not come back: {done.stderr[-2000:]}"


def guide(tree: Path) -> dict[str, Any]:
    """The service that the guide for contributors adds, with its rows and routes."""
    text = (tree / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example: dict[str, Any] = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    return example


def with_service(text: str, example: dict[str, Any]) -> str:
    system = yaml.safe_load(text)
    system["services"] |= example["services"]
    system["flows"] += [row for row in example["flows"] if row not in system["flows"]]
    system["edge"]["routes"] |= example["edge"]["routes"]
    return yaml.safe_dump(system)


def test_a_second_up_changes_nothing_in_the_cluster(motovault: Platform) -> None:
    before = described(motovault)
    done = motovault.quadrant("up")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "nothing changed" in done.stderr, "the user sees it"
    assert described(motovault) == before, "no version, no generation and no entry of ours moves"


def test_a_stack_that_is_up_differs_in_nothing(motovault: Platform) -> None:
    done = motovault.quadrant("diff")
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert not done.stdout, "no object is named"


def test_a_field_that_somebody_edits_is_drift_and_is_taken_back(motovault: Platform) -> None:
    place = ("deployment", "mvp-platform-landing", f"--namespace={SYSTEM}-frontend")
    motovault.cluster.run("scale", *place, "--replicas=2")
    differs = motovault.quadrant("diff")
    assert differs.returncode == 1, "they differ"
    assert "spec.replicas: 2 -> 1" in differs.stdout, "the field, as it is and as it is to be"
    assert motovault.quadrant("up").returncode == 0, "up mends it"
    assert motovault.quadrant("diff").returncode == 0, "nothing is left"


def test_a_changed_image_rolls_only_that_workload(motovault: Platform, stack_file: Path) -> None:
    name = "mvp-platform-landing"
    before, members = motovault.pods(), described(motovault)
    document = yaml.safe_load(stack_file.read_text(encoding="utf-8"))
    document["config"]["quadrant:overrides"] = {"images": {name: "docker.io/library/busybox:1.37.0"}}
    stack_file.write_text(yaml.safe_dump(document), encoding="utf-8")
    motovault.quadrant("up", "--timeout", "1")
    after = described(motovault)
    moved = {key for key in after if after[key] != members.get(key)}
    assert moved == {("Deployment", f"{SYSTEM}-frontend", name)}, "one object is applied, no other"
    kept = {pod for pod, uid in motovault.pods().items() if before.get(pod) == uid}
    rolled = {pod for pod in before if pod.startswith(name)}
    assert kept >= set(before) - rolled, "every other pod is the same one"
    live = motovault.cluster.one("deployment", f"{SYSTEM}-frontend", name)
    images = [one["image"] for one in live["spec"]["template"]["spec"]["containers"]]
    assert "docker.io/library/busybox:1.37.0" in images, "and this one runs the stack's image"


def test_a_service_added_under_three_kills_comes_whole_and_goes_whole(motovault: Platform, system_file: Path) -> None:
    before = set(motovault.members())
    text = system_file.read_text(encoding="utf-8")
    system_file.write_text(with_service(text, guide(motovault.tree)), encoding="utf-8")
    for point in POINTS:
        assert motovault.killed(point, "up"), f"the run comes as far as {point!r}"
    done = motovault.quadrant("up")
    assert done.returncode == 0, f"the next run finishes what the killed ones left: {done.stderr[-2000:]}"
    assert motovault.quadrant("diff").returncode == 0, "nothing is missing"
    added = set(motovault.members()) - before
    assert {kind for kind, _, name in added if name == "reports"} >= {"Deployment", "Service", "NetworkPolicy"}, (
        "the service is there with all that belongs to it"
    )
    system_file.write_text(text, encoding="utf-8")
    assert motovault.quadrant("up").returncode == 0, "a service may leave"
    assert set(motovault.members()) == before, "what left the file left the cluster, and nothing else did"
    left = motovault.cluster.items("all", f"--namespace={SYSTEM}-backend", "--selector=app.kubernetes.io/name=reports")
    assert [identity(one) for one in left if one["kind"] != "Pod"] == [], "its replica sets too"

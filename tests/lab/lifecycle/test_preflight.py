"""What prevents the lab is reported before anything changes: what, why, and the remedy."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.build import image_builds
from quadrant_platform.lab.build.catalogue import ABSENT
from quadrant_platform.lab.kubernetes import node
from quadrant_platform.lab.lifecycle import preflight
from quadrant_platform.lab.lifecycle.machine_state import MachineState, RequiredPort
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import links

GOOD = MachineState(platform=("Linux", "x86_64"), root=True, memory=8_000, disk=50_000)

ETCD, PROXY = RequiredPort("127.0.0.1", 12379, "etcd"), RequiredPort("127.0.0.1", 10249, "kube-proxy")

TRAEFIK, BUSYBOX = "docker.io/library/traefik:v3.7.13", "docker.io/library/busybox:1.37.0"


def problems_of(**facts: Any) -> list[Problem]:
    return list(preflight.problems(replace(GOOD, **facts)))


def test_a_machine_that_has_everything_is_not_complained_about() -> None:
    assert problems_of() == [], "the lab comes up on it"


@pytest.mark.parametrize(
    ("facts", "what", "remedy"),
    [
        ({"platform": ("Darwin", "arm64")}, "Darwin arm64", "KUBECONFIG"),
        ({"root": False}, "is not root", "sudo"),
        ({"memory": 900}, "900 MB free.*3500", "KUBECONFIG"),
        ({"disk": 100}, "100 MB free.*4000", "QUADRANT_LAB_HOME"),
        ({"taken": (ETCD,)}, "of 127.0.0.1 is taken, and etcd needs it", "ss -ltnp 'sport = :12379'"),
        (
            {"taken": (RequiredPort("127.0.0.1", 8443, "the public entry (LAB_HTTPS_PORT)"),)},
            "the public entry",
            "LAB_HTTPS_PORT=",
        ),
        (
            {"taken": (RequiredPort(network_plan.NODE_ADDRESS, 6443, "kube-apiserver"),)},
            f"of {network_plan.NODE_ADDRESS} is",
            ":6443",
        ),
        ({"routed": (("10.244.0.0/24", "cni0"),)}, "leads to cni0", "ip route"),
        ({"foreign": ("nftables table ip kube-proxy",)}, "kube-proxy, of another Kubernetes node", "KUBECONFIG"),
    ],
)
def test_each_lack_is_reported_with_its_reason_and_remedy(facts: dict[str, Any], what: str, remedy: str) -> None:
    (found,) = problems_of(**facts)
    assert re.search(what, found.what), "the message has what is wrong and why it matters"
    assert remedy in found.remedy, "the message names what helps"
    assert found.path, "the message has the place"


def test_all_lacks_are_reported_at_once() -> None:
    found = problems_of(root=False, memory=1, disk=1, taken=(ETCD, PROXY))
    assert len(found) == 5, "one at a time, the user would run the command five times"


def test_what_cannot_be_built_is_among_the_lacks() -> None:
    problem = Problem(("go",), "is not on PATH, and compiles etcd", "install Go 1.24 or newer")
    assert problems_of(builds=(problem,)) == [problem], (
        "a build that fails after ten minutes is found in the first second"
    )


def test_another_lab_is_reported_alone_since_it_has_in_use_what_is_missing() -> None:
    other = Problem(("lab",), "the lab of /big runs here", "end it: `QUADRANT_LAB_HOME=/big lab down`")
    assert problems_of(other_lab=other, link_conflict=other, memory=1, taken=(ETCD, PROXY)) == [other], (
        "all the rest follows from it"
    )


def test_a_link_that_the_lab_did_not_make_is_among_the_lacks() -> None:
    problem = Problem(("link lab0",), "was not made by the lab", "rename it")
    assert problems_of(link_conflict=problem, root=False)[1:] == [problem], "it is reported with all others"


def test_a_lab_that_runs_is_not_asked_for_memory_again() -> None:
    assert problems_of(running=True, memory=1, disk=1) == [], "it has taken its share; the command only completes it"


def test_a_lab_that_runs_in_part_still_needs_the_ports_that_it_lacks() -> None:
    assert len(problems_of(running=True, taken=(PROXY,))) == 1, "a stranger took the port of a part that ended"


def test_what_the_images_of_a_stack_need_is_asked_for_once_and_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack = Problem(("disk",), "making traefik needs 9000 MB there", "free some")
    asked: list[list[str]] = []

    def answered(names: Iterable[str], *_: object) -> tuple[Problem, ...]:
        asked.append([*names])
        return (lack,)

    monkeypatch.setattr(image_builds, "problems", answered)
    monkeypatch.setattr(links, "LINKS", tmp_path)
    unknown = "docker.io/library/somebodys:1"
    with pytest.raises(BadInput, match="traefik needs 9000 MB"):
        preflight.check(Home(tmp_path), [TRAEFIK, unknown, *ABSENT, "busybox:1.37.0", BUSYBOX])
    (names,) = asked
    assert {TRAEFIK, BUSYBOX, *node.IMAGES} <= {*names}, "the disk must hold all of them together"
    assert len(names) == len({*names}), "one image under two names is made once"
    assert not {unknown, *ABSENT} & {*names}, "what the lab never makes does not stop it"

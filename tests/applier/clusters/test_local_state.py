"""A cluster of ours that holds several systems goes with the last one, and never with the data of another."""

import shutil
import threading
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.observed import applyset
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.kubernetes import kubeconfig
from quadrant_platform.lab.machine.home import Home
from tests.applier.cluster import KUBECONFIG, STACK, SYSTEM, Cluster
from tests.commands.running import Runner

OTHER = "carbon254"


def options(system: str, stage: str = "dev") -> str:
    """How commands find the stack of a system."""
    return f"--system {system} --stack {stage}"


class Lab:
    """The lab, whose API server is the fake one, and which starts at once."""

    def __init__(self) -> None:
        self.removed = 0
        self.starting: Callable[[], object] = list

    def up(self, home: Home, _say: Say, _images: Collection[str]) -> Path:
        self.starting()
        file = kubeconfig.file(home)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(KUBECONFIG)
        return file

    def down(self, home: Home, _say: Say) -> None:
        self.removed += 1
        shutil.rmtree(home.state, ignore_errors=True)

    def load(self, _home: Home, _images: Collection[str], _say: Say) -> tuple[str, ...]:
        return ()


@pytest.fixture
def lab(settled: Cluster, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab that is up, in which the stack was applied."""
    lab = Lab()
    monkeypatch.delenv("KUBECONFIG")
    for name in ("up", "down", "load"):
        monkeypatch.setattr(f"quadrant_platform.lab.lifecycle.cluster.{name}", getattr(lab, name))
    monkeypatch.setattr("quadrant_platform.lab.build.image_builds.ensure", lambda *_: {})
    lab.up(Home.here(), print, ())
    local_state.note("lab", SYSTEM, options(SYSTEM))
    assert settled.find("System"), "the stack is in the cluster"
    return lab


def test_a_silent_cluster_stays_where_another_system_would_lose_its_data(
    quadrant: Runner, settled: Cluster, lab: Lab
) -> None:
    local_state.note("lab", OTHER, options(OTHER, "prod"))
    settled.configure(answers=False)
    result = quadrant("down", *STACK)
    assert result.code == 2, "no user asked to remove the other one"
    assert f"the lab does not answer, and the data of {OTHER} would go with it" in result.err, "what would be lost"
    assert f"start it with `quadrant up --system {OTHER} --stack prod`" in result.err, "one way"
    assert f"`quadrant down --system {SYSTEM} --stack dev --yes`; nothing was changed" in result.err, "the other way"
    assert not lab.removed, "nothing was changed"
    assert quadrant("down", *STACK, "--yes").code == 0, "the user agreed"
    assert (lab.removed, local_state.stacks("lab")) == (1, {}), "all is gone, and so are the notes"


def test_a_silent_cluster_goes_with_its_only_system(quadrant: Runner, settled: Cluster, lab: Lab) -> None:
    settled.configure(answers=False)
    assert quadrant("down", *STACK).code == 0, "no other system loses anything"
    assert (lab.removed, local_state.stacks("lab")) == (1, {}), "a cluster that broke can always be removed"


def test_an_up_is_noted_before_its_cluster_starts_and_until_it_is_removed(
    quadrant: Runner, settled: Cluster, lab: Lab
) -> None:
    seen: list[dict[str, str]] = []
    local_state.forget("lab")
    lab.starting = lambda: seen.append(local_state.stacks("lab"))
    result = quadrant("up", *STACK)
    assert result.code == 0, result.err
    assert seen == [{SYSTEM: options(SYSTEM)}], "a removal that runs beside it sees who is coming"
    local_state.note("lab", OTHER, options(OTHER))
    removed = quadrant("down", *STACK)
    assert removed.code == 0, removed.err
    assert f"the lab stays: {OTHER} came up in it too, or began to" in removed.err, "the user reads why"
    assert (lab.removed, local_state.stacks("lab")) == (0, {OTHER: options(OTHER)}), (
        "the other one's objects need not be there yet"
    )
    assert not settled.find("NetworkPolicy"), "what was to go is gone"


def test_a_cluster_goes_with_its_last_system(quadrant: Runner, lab: Lab) -> None:
    assert quadrant("down", *STACK).code == 0, "no other system is in it"
    assert (lab.removed, local_state.stacks("lab")) == (1, {}), "there is nothing that it could be kept for"


def test_a_cluster_stays_for_a_system_of_which_nothing_was_noted(quadrant: Runner, settled: Cluster, lab: Lab) -> None:
    found = settled.read()
    parent = applyset.parent(OTHER, {"system": OTHER, "stage": "dev"}, [])
    found["objects"][f"quadrant.dev|System||{OTHER}"] = parent
    settled.write(found)
    assert quadrant("down", *STACK).code == 0, "one goes, the other stays"
    assert not lab.removed, "the cluster's own record counts as well"


def test_a_start_that_another_command_is_at_is_not_removed_under_it(quadrant: Runner, lab: Lab) -> None:
    kubeconfig.file(Home.here()).unlink()
    local_state.note("lab", OTHER, options(OTHER))
    with local_state.installation_lock(OTHER):
        result = quadrant("down", *STACK)
    assert result.code == 2, "it would fail for no reason that its user could see"
    assert f"another command is changing {OTHER} right now" in result.err, "what to wait for"
    assert not lab.removed, "nothing was changed"
    assert quadrant("down", *STACK).code == 0, "a cluster that never came up holds nothing"


def test_notes_of_a_cluster_that_is_gone_are_forgotten(quadrant: Runner, lab: Lab) -> None:
    local_state.note("lab", OTHER, options(OTHER))
    lab.down(Home.here(), print)
    quadrant("up", *STACK)
    assert local_state.stacks("lab") == {SYSTEM: options(SYSTEM)}, "`lab down` removed the other one's data too"


def test_stacks_that_start_together_are_both_noted(quadrant: Runner, lab: Lab) -> None:
    lab.down(Home.here(), print)

    def other_begins() -> None:
        local_state.forget("lab")
        local_state.note("lab", OTHER, options(OTHER))

    lab.starting = other_begins
    quadrant("up", *STACK)
    assert local_state.stacks("lab") == {one: options(one) for one in (SYSTEM, OTHER)}, (
        "neither takes the other's note for an old one"
    )


@pytest.mark.usefixtures("lab")
def test_a_decision_waits_for_the_one_before_it() -> None:
    lines, decided = list[str](), threading.Event()

    def decide() -> None:
        with local_state.membership_lock("lab", lines.append):
            decided.set()

    second = threading.Thread(target=decide)
    with local_state.membership_lock("lab", lines.append):
        second.start()
        assert not decided.wait(0.2), "a stack that is noted while the cluster goes would be lost"
    second.join(timeout=60)
    assert lines == ["waiting for another command that is changing the lab"], "one line explains the wait"

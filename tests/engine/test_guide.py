"""The page about pulumi, followed to the letter: every command of it works, and git sees no change."""

import re
from pathlib import Path

import pytest

from quadrant_platform.host.checkout import ROOT
from tests.engine.checkout import git
from tests.engine.conftest import Serve
from tests.engine.engine import Engine

pytestmark = pytest.mark.engine

PAGE = (ROOT / "docs" / "pulumi.md").read_text("utf-8")
BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<why>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_is_followed_to_the_letter(serve: Serve, engine: Engine, tmp_path: Path) -> None:
    server, home = serve("dev"), tmp_path / "person"
    (home / ".kube").mkdir(parents=True)
    (home / ".kube" / "config").write_text(server.kubeconfig.read_text("utf-8"), "utf-8")
    server.kubectl.run("delete", "namespace", "monitoring", "--ignore-not-found")
    steps = [block["text"] for block in BLOCK.finditer(PAGE) if block["kind"] == "sh" and not block["why"]]
    # The person has not chosen a backend or a passphrase yet: the page says how.
    unset = "unset PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE"
    script = "\n".join([unset, *steps, "git status --porcelain > ~/changed"])
    done = engine.run("bash", "-euxo", "pipefail", "-c", script, HOME=str(home))
    assert done.code == 0, f"a command of the page fails:\n{done.tail}"
    assert (home / "changed").read_text("utf-8") == "", "following the page changes a file that git tracks"
    assert not git(engine.checkout, "status", "--porcelain"), "and leaves nothing to commit"
    assert (home / "my-dev.dot").read_text("utf-8").startswith("strict digraph"), "the graph is there"

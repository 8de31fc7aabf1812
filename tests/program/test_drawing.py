"""The picture in the readme shows today's flows, whichever Graphviz drew it."""

from __future__ import annotations

import re
from html import unescape

from quadrant_platform.host.checkout import ROOT
from quadrant_platform.program.drawing import diagram
from quadrant_platform.program.traffic import Traffic
from tests.stacks import recorded

PICTURE = "docs/topology/motovault-dev.svg"
GROUP = re.compile(r'class="(?P<kind>node|edge)">\s*<title>(?P<title>[^<]*)</title>')


def test_the_readme_shows_the_picture() -> None:
    assert PICTURE in (ROOT / "README.md").read_text(), "a reader sees the topology before any code"


def test_the_picture_has_the_workloads_and_flows_of_the_matrix() -> None:
    drawn = diagram(Traffic(recorded("motovault", "dev").manifests()))
    found = [(kind, unescape(title)) for kind, title in GROUP.findall((ROOT / PICTURE).read_text())]
    remedy = f"run `quadrant diagram --system motovault --stack dev --out {PICTURE}`"
    nodes = {peer for peers in drawn.clusters.values() for peer in peers}
    assert nodes <= {title for kind, title in found if kind == "node"}, f"a workload is missing: {remedy}"
    arrows = {f"{arrow.source}->{arrow.target}" for arrow in drawn.arrows}
    assert {title for kind, title in found if kind == "edge"} == arrows, f"the flows differ: {remedy}"

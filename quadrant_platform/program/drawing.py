"""The diagram of a stack: segments as clusters, workloads as nodes, flows as arrows."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.program.traffic import Traffic

SEGMENT_COLOURS = {"frontend": "#dbeafe", "backend": "#dcfce7", "database": "#fef3c7", "platform": "#f3e8ff"}
CONTROL_COLOUR, OUTSIDE_COLOUR = "#e5e7eb", "#ffffff"
OMITTED = frozenset({"dns", "metrics", "api-server", "probes"})
"""Rules whose rows start or end at nearly every workload; the matrix lists them."""
FAINT = frozenset({"operator", "replication", "sentinel", "status"})
"""Rules whose rows belong to the machinery, not to the traffic."""


class Arrow(NamedTuple):
    """All connections that one peer opens to another."""

    source: str
    target: str
    label: str
    faint: bool


class Diagram(NamedTuple):
    """The peers of each cluster (the one without a name is outside), and the arrows."""

    title: str
    clusters: dict[str, list[str]]
    arrows: list[Arrow]
    outside: frozenset[str]


def diagram(traffic: Traffic, title: str = "") -> Diagram:
    """Return the diagram of a stack: every workload, and each other peer that an arrow touches."""
    arrows = sorted(_arrows(traffic))
    touched = {peer for arrow in arrows for peer in (arrow.source, arrow.target)}
    clusters: dict[str, list[str]] = defaultdict(list)
    for peer in sorted(traffic.peers):
        if traffic.is_ours(peer) or peer in touched:
            clusters[traffic.segment(peer)].append(peer)
    matrix = traffic.matrix
    heading = f"{matrix['system']} {matrix['environment']}{': ' * bool(title)}{title}"
    return Diagram(heading, _ordered(clusters), arrows, frozenset(clusters[""]))


def _arrows(traffic: Traffic) -> Iterator[Arrow]:
    pairs: dict[tuple[str, str], list[tuple[int, str, bool]]] = defaultdict(list)
    for row in traffic.rows:
        if row["implied"] not in OMITTED and row["from"] != row["to"]:
            port = f"{row['port']}{'' if row['protocol'] == 'TCP' else '/' + row['protocol'].lower()}"
            pairs[row["from"], row["to"]].append((row["port"], port, row["implied"] in FAINT))
    for (source, target), ports in pairs.items():
        label = ", ".join(dict.fromkeys(port for _, port, _ in sorted(ports)))
        yield Arrow(source, target, label, all(faint for _, _, faint in ports))


def _ordered(clusters: dict[str, list[str]]) -> dict[str, list[str]]:
    ranks = {"": -1} | {segment: rank for rank, segment in enumerate(SEGMENT_COLOURS)}
    return {name: clusters[name] for name in sorted(clusters, key=lambda name: (ranks.get(name, 99), name))}


def colour(cluster: str) -> str:
    """Return the fill colour of a cluster."""
    return SEGMENT_COLOURS.get(cluster, CONTROL_COLOUR) if cluster else OUTSIDE_COLOUR


def short(peer: str) -> str:
    """Return a peer's name without its namespace."""
    return peer.rpartition("/")[2]


def mermaid(drawn: Diagram) -> str:
    """Return a fenced Mermaid flowchart."""
    lines = ["```mermaid", "---", f"title: {json.dumps(drawn.title, ensure_ascii=False)}", "---", "flowchart LR"]
    for cluster, peers in drawn.clusters.items():
        shapes = [f"{_identity(peer)}{_shape(short(peer), not cluster)}" for peer in peers]
        body = [f"    {shape}" for shape in shapes] if cluster else [f"  {shape}" for shape in shapes]
        lines += [f"  subgraph {_segment(cluster)}[{cluster}]", *body, "  end"] if cluster else body
    for arrow in drawn.arrows:
        line = f"-. {arrow.label} .->" if arrow.faint else f"-- {arrow.label} -->"
        lines.append(f"  {_identity(arrow.source)} {line} {_identity(arrow.target)}")
    lines += [
        f"  style {_segment(name)} fill:{colour(name)},stroke:#6b7280,color:#111827" for name in drawn.clusters if name
    ]
    return "\n".join([*lines, "```", ""])


def _segment(cluster: str) -> str:
    return f"cluster-{cluster}"


def _shape(label: str, outside: bool) -> str:
    return f'(["{label}"])' if outside else f'["{label}"]'


def _identity(peer: str) -> str:
    """Return a peer as an identifier that is not a keyword of Mermaid."""
    return re.sub(r"[^A-Za-z0-9_]", "_", peer.replace("/", "__")) + "_"


def dot(drawn: Diagram) -> str:
    """Return the diagram in Graphviz's language."""
    lines = [
        "digraph {",
        f"  label={json.dumps(drawn.title, ensure_ascii=False)}; labelloc=t; fontname=Helvetica;",
        "  rankdir=LR; newrank=true; ranksep=1.2; nodesep=.25;",
        '  node [shape=box style="rounded,filled" fillcolor=white fontname=Helvetica fontsize=11];',
        "  edge [fontname=Helvetica fontsize=9 color=\"#374151\"];",
    ]  # fmt: skip
    for cluster, peers in drawn.clusters.items():
        nodes = [f'  "{peer}" [label="{short(peer)}"{"" if cluster else " shape=ellipse"}];' for peer in peers]
        box = f'  subgraph "cluster_{cluster}" {{ label="{cluster}"; style="rounded,filled"; color="{colour(cluster)}";'
        lines += [box, *nodes, "  }"] if cluster else nodes
    for arrow in drawn.arrows:
        faint = ' style=dashed color="#9ca3af" fontcolor="#9ca3af" weight=0' if arrow.faint else ""
        lines.append(f'  "{arrow.source}" -> "{arrow.target}" [label="{arrow.label}"{faint}];')
    return "\n".join([*lines, "}", ""])

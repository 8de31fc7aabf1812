"""`quadrant diagram`: a picture of the flows between workloads."""

import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from quadrant_platform.commands.console import Format, progress, show_json, show_lines
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Stack, System, Verbose
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.program.drawing import Diagram, diagram, dot, mermaid
from quadrant_platform.program.stacks import config_for, recorded
from quadrant_platform.program.traffic import Traffic

Out = Annotated[Path, typer.Option("--out", "-o", help="A file: .svg (drawn by Graphviz) or .md (Mermaid).")]
SUFFIXES = (".svg", ".md")


def command(
    system: System, stack: Stack, out: Out, verbose: Verbose = False, output: OutputFormat = Format.TEXT
) -> None:
    """Draw segments, workloads and flows; DNS, metrics and API server rows are left out."""
    if out.suffix not in SUFFIXES:
        raise BadInput([Problem((), f"{out} is neither a .svg nor a .md file", "name one of these")])
    graphviz = shutil.which("dot")
    if out.suffix == ".svg" and graphviz is None:
        raise BadInput([Problem((), "Graphviz's `dot` is not on PATH", "install graphviz, or write a .md file")])
    with progress(f"drawing {system} {stack}"):
        recording = recorded(system, stack)
        title = announce(config_for(system, stack), output, verbose)[0].title
        drawn = diagram(Traffic(recording.manifests()), title)
        text = mermaid(drawn) if graphviz is None or out.suffix == ".md" else _svg(graphviz, drawn)
        _write(out, text)
    counts = {"nodes": sum(map(len, drawn.clusters.values())), "arrows": len(drawn.arrows)}
    if output is Format.JSON:
        show_json({"out": str(out), **counts})
    else:
        show_lines(f"{counts['nodes']} nodes and {counts['arrows']} arrows in {out}")


def _svg(graphviz: str, drawn: Diagram) -> str:
    done = subprocess.run([graphviz, "-Tsvg"], input=dot(drawn), capture_output=True, text=True, check=True)
    return done.stdout


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput([Problem((), f"{out} cannot be written: {error.strerror}", "name another file")]) from None

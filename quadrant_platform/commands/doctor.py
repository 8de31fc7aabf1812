"""`quadrant doctor`: the programs and resources of this machine."""

from __future__ import annotations

from rich.table import Table

from quadrant_platform.commands.console import Format, show, show_json
from quadrant_platform.commands.machine import examine
from quadrant_platform.commands.options import OutputFormat

NAME = "doctor"


def command(output: OutputFormat = Format.TEXT) -> None:
    """List what this machine has and lacks, and what each lack costs; always exit code 0."""
    findings = examine()
    if output is Format.JSON:
        show_json([finding._asdict() for finding in findings])
        return
    table = Table("", "what", "found", "without it", box=None, pad_edge=False)
    for finding in findings:
        table.add_row("ok" if finding.present else "--", finding.what, finding.found, finding.cost)
    show(table)

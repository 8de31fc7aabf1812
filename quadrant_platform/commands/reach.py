"""`quadrant reach`: permitted connections, computed from the NetworkPolicies."""

from typing import Annotated, Any

import typer
from rich.table import Table

from quadrant_platform.commands.console import ExitCode, Format, progress, show, show_json, show_lines
from quadrant_platform.commands.notice import announce
from quadrant_platform.commands.options import OutputFormat, Stack, System, Verbose
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.program.stacks import config_for, recorded
from quadrant_platform.program.traffic import Traffic

Source = Annotated[str | None, typer.Argument(metavar="FROM", help="The peer that opens the connection.")]
Target = Annotated[str | None, typer.Argument(metavar="TO", help="The peer that accepts it.")]


def command(
    system: System,
    stack: Stack,
    source: Source = None,
    target: Target = None,
    verbose: Verbose = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List the permitted connections; with FROM and TO whether and why (exit code 1: refused)."""
    with progress(f"computing who reaches whom in {system} {stack}"):
        traffic = Traffic(recorded(system, stack).manifests())
        connections = traffic.connections
    announce(config_for(system, stack), output, verbose)
    if source is None:
        rows = [{"from": e.source, "to": e.target, "protocol": e.protocol, "port": e.port} for e in connections]
        show_json(rows) if output is Format.JSON else show(_table(rows))
        return
    if target is None:
        raise BadInput([Problem((), "FROM is given without TO", "name both or none")])
    answer = _answer(traffic, *_resolved(traffic, (source, target)))
    show_json(answer) if output is Format.JSON else show_lines(_sentences(answer))
    if not answer["allowed"]:
        raise typer.Exit(ExitCode.FOUND)


def _resolved(traffic: Traffic, names: tuple[str, ...]) -> list[str]:
    peers, problems = list[str](), list[Problem]()
    for name in names:
        try:
            peers.append(traffic.resolve(name))
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    return peers


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("from", "to", "port", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["from"], row["to"], f"{row['port']}/{row['protocol']}")
    return table


def _answer(traffic: Traffic, source: str, target: str) -> dict[str, Any]:
    if not traffic.is_ours(source) and not traffic.is_ours(target):
        what = f"neither {source} nor {target} is a workload of {traffic.matrix['system']}"
        raise BadInput([Problem((), f"{what}, so no policy here decides about them", "name a workload")])
    rows = traffic.rows_between(source, target)
    verdicts = list(traffic.verdicts(source, target))
    missing = [] if rows else [f"no row of the matrix leads from {source} to {target}"]
    missing += [text for _, verdict in verdicts for text in verdict.missing]
    return {
        "from": source,
        "to": target,
        "allowed": any(verdict.allowed for _, verdict in verdicts),
        "ports": [f"{socket.port}/{socket.protocol}" for socket, verdict in verdicts if verdict.allowed],
        "rows": [{key: row[key] for key in ("protocol", "port", "why", "implied")} for row in rows],
        "missing": list(dict.fromkeys(missing)),
    }


def _sentences(answer: dict[str, Any]) -> str:
    verb = f"may reach {answer['to']} on {', '.join(answer['ports'])}" if answer["allowed"] else "may not reach "
    first = f"{answer['from']} {verb}{'' if answer['allowed'] else answer['to']}"
    reasons = [f"  {row['port']}/{row['protocol']}: {row['why']}{_rule(row)}" for row in answer["rows"]]
    return "\n".join([first, *reasons, *(f"  missing: {text}" for text in answer["missing"])])


def _rule(row: dict[str, Any]) -> str:
    return f" (implied: {row['implied']})" if row["implied"] else ""

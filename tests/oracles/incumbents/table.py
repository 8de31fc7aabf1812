"""The page "who catches what": `python -m tests.oracles.incumbents.table` writes it, `--check` compares only."""

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from quadrant_platform.commands.console import ExitCode, complain, progress, say
from quadrant_platform.host.checkout import ROOT
from tests.oracles.incumbents.comparison import SCANNERS, Row, rows
from tools.docs.tables import table as markdown

PAGE = Path("docs/reference/who-catches-what.md")
README = Path("README.md")
INTRODUCTION = """\
# Who catches what

{total}

Each manifest of the [corpus](../../tests/policies/corpus) has one mistake, and a twin without it that is otherwise the
same. The table is made by running every tool over both: a tool catches a mistake if it reports, for the manifest, a
finding that it does not report for the twin. So no tool is credited with a finding that has nothing to do with the
mistake, and any rule of a tool counts, whether or not it is meant for this mistake. The other tools run with all
their checks, those that are off by default included; kubeconform is strict and has the schemas of Kubernetes itself.
Ours must find the mistake under the policy that the manifest is named for, and all of it is
[tested](../../tests/policies/test_pack_corpus.py) one by one. `make docs` renews this page.

The manifests follow a list of all concerns of the Pod Security Standards, kyverno/policies, gatekeeper-library,
kube-linter, Polaris, kube-score, Checkov, Trivy and the NSA guide, except those that the pack leaves out on purpose:
`imagePullPolicy: Always` (moot with a version or digest, and it makes the registry's outage one's own), requests equal
to limits (the ratio is bounded instead), control-plane flags (not in manifests), and matters of form such as duplicate
variables. There are rules of these tools that find what no manifest here contains.

{general}
"""
OWN_CONVENTIONS = frozenset(
    "allowed-env default-deny-everywhere matrix-present no-debug no-egress-segment no-nginx-ingress no-open-cors "
    "one-entry-one-exit plain-routers-redirect rate-limited-routers reachability-equals-matrix read-only-traefik "
    "secret-consumers symmetric-rules".split()
)
"""Policies on Traefik, on segments and on the matrix, of which no general tool can know."""


def sentence(table: Sequence[Row], what: str = "manifests that must fail") -> str:
    """Return the totals, as the page and the README give them."""
    caught = [sum(1 for row in table if row.theirs[index]) for index in range(len(SCANNERS))]
    any_of_them = sum(1 for row in table if any(row.theirs))
    ours = sum(1 for row in table if row.ours)
    named = [f"{one.title} {number}" for one, number in zip(SCANNERS, caught, strict=True)]
    theirs = f"{', '.join(named[:-1])} and {named[-1]}"
    return (
        f"Of {len(table)} {what}, Quadrant's policies catch {ours}, {theirs}; the three together catch {any_of_them}."
    )


def page(table: Sequence[Row]) -> str:
    """Return the whole page."""
    rest = [row for row in table if row.case.policy not in OWN_CONVENTIONS]
    general = sentence(
        rest, "manifests that do not concern Traefik, segments or the matrix, which no general tool can know"
    )
    return "\n".join([INTRODUCTION.format(total=sentence(table), general=general), _totals(table), _details(table)])


def _totals(table: Sequence[Row]) -> str:
    columns = ("policy", "manifests", "Quadrant", *(scanner.title for scanner in SCANNERS))
    return f"## By policy\n\n{markdown(columns, _per_policy(table))}"


def _per_policy(table: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for policy, group in groupby(table, key=lambda row: row.case.policy):
        some = list(group)
        theirs = [sum(1 for row in some if row.theirs[index]) for index in range(len(SCANNERS))]
        numbers = [len(some), sum(1 for row in some if row.ours), *theirs]
        yield (f"[{policy}](policies/{policy}.md)", *map(str, numbers))


def _details(table: Sequence[Row]) -> str:
    columns = ("manifest", "what is wrong", "Quadrant", *(scanner.title for scanner in SCANNERS))
    return f"## By manifest\n\n{markdown(columns, map(_detail, table))}"


def _detail(row: Row) -> tuple[str, ...]:
    path = row.case.path.relative_to(ROOT)
    ours = [f"{row.case.policy}/{check}".removesuffix("/") for check in row.ours]
    found = [", ".join(f"`{rule}`" for rule in rules) for rules in (ours, *row.theirs)]
    return (f"[{row.case.name}](../../{path})", row.case.wrong, *found)


def outdated(table: Sequence[Row]) -> list[str]:
    """Return the statements of the page and the README that are no longer true, or not yet."""
    current = (ROOT / PAGE).is_file() and (ROOT / PAGE).read_text(encoding="utf-8") == page(table)
    found = [] if current else [f"{PAGE} is out of date; run `make docs` and commit it"]
    if sentence(table) not in " ".join((ROOT / README).read_text(encoding="utf-8").split()):
        found.append(f"{README} should say: {sentence(table)}")
    return found


def main(arguments: list[str]) -> None:
    """Write the page, or compare it (exit code 1: it differs); where a scanner is missing, say so and do neither."""
    if arguments not in ([], ["--check"]):
        complain("usage: python -m tests.oracles.incumbents.table [--check]")
        raise SystemExit(ExitCode.BAD_INPUT)
    missing = [scanner.missing for scanner in SCANNERS if scanner.missing]
    if missing:
        say(f"{PAGE} is left as it is: {missing[0]}")
        return
    with progress("comparing with the other scanners"):
        table = rows()
    if not arguments:
        (ROOT / PAGE).write_text(page(table), encoding="utf-8")
    for problem in outdated(table):
        complain(problem)
    if arguments and outdated(table):
        raise SystemExit(ExitCode.FOUND)


if __name__ == "__main__":
    main(sys.argv[1:])

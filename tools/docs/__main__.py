"""`python -m tools.docs` writes the generated documents; with `--check` it compares them only."""

from __future__ import annotations

import sys

from quadrant_platform.commands.console import ExitCode, complain, say
from quadrant_platform.host.checkout import ROOT
from tools.docs import reference


def main(arguments: list[str]) -> None:
    """Write the documents, or compare them (exit code 1: they differ)."""
    if arguments not in ([], ["--check"]):
        complain("usage: python -m tools.docs [--check]")
        raise SystemExit(ExitCode.BAD_INPUT)
    expected = reference.documents()
    if not arguments:
        say(f"{len(reference.write(ROOT, expected))} of {len(expected)} documents written")
        return
    outdated = reference.differences(ROOT, expected)
    for path in outdated:
        complain(f"{path} is out of date; run `make docs` and commit it")
    if outdated:
        raise SystemExit(ExitCode.FOUND)


if __name__ == "__main__":
    main(sys.argv[1:])

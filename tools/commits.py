"""The rule for commit messages: `area: imperative` in at most 72 characters, and the reason in the body.

`python -m tools.commits FILE` judges one message, as git's commit-msg hook needs it;
`python -m tools.commits` judges all commits since the rule began.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASE = "eefd912148352757d5d142020b15dbb30be2baf7"
"""The last commit before the rule; it and its ancestors are not judged."""
WIDTH = 72
SUBJECT = re.compile(r"[a-z][a-z0-9 ,/-]*: (?P<verb>[a-z][\w-]*)\b(?:.*[^.\s])?")
OTHER_MOODS = re.compile(r"[a-z]+ed|[a-z]+ing|[a-z]*[a-rt-z]s")
"""First words such as `added`, `adding` and `adds`."""
IMPERATIVES = frozenset("alias bias bring embed exceed feed focus need ping proceed seed shed speed string".split())
"""Verbs that merely look like another mood."""
TRAILER = re.compile(r"[A-Z][A-Za-z]*(-[A-Za-z]+)+: \S")
SCISSORS = "# ------------------------ >8 ------------------------"
MERGE = "Merge "
TEMPORARY = (MERGE, "fixup! ", "squash! ", "amend! ")
"""Beginnings of subjects that git writes. Merges are never judged, the others only before they are squashed."""


def problems(message: str) -> Iterator[str]:
    """Yield what is wrong with a message, each with its remedy."""
    subject, *rest = message.splitlines() or [""]
    found = SUBJECT.fullmatch(subject)
    if len(subject) > WIDTH:
        yield f"the subject has {len(subject)} characters, at most {WIDTH}: move the reason into the body"
    if found is None:
        yield "the subject must read `area: imperative`, in lower case without a full stop: `model: refuse empty ports`"
    elif OTHER_MOODS.fullmatch(found["verb"]) and found["verb"] not in IMPERATIVES:
        yield f"{found['verb']!r} is no imperative: write `add`, not `added`, `adding` or `adds`"
    if rest and rest[0].strip():
        yield "the second line must be empty: git would take it for a part of the subject"
    if not any(line.strip() and not TRAILER.match(line) for line in rest):
        yield "the body is missing: give the reason for the change"


def without_comments(text: str) -> str:
    """Return the message in an editor's file, without comments and the difference below the scissors."""
    lines = text.partition(SCISSORS)[0].splitlines()
    return "\n".join(line.rstrip() for line in lines if not line.startswith("#")).strip()


def messages_since(base: str, root: Path) -> dict[str, str]:
    """Return the messages of the commits after the base by short hash, without merges.

    A shallow clone may lack the base. All its commits are newer then, because every commit with this file is.
    A whole history without the base belongs to another project, so nothing of it is returned.
    """
    known = _git(root, "cat-file", "-e", f"{base}^{{commit}}") is not None
    if not known and _git(root, "rev-parse", "--is-shallow-repository") != "true\n":
        return {}
    span = f"{base}..HEAD" if known else "HEAD"
    log = _git(root, "log", "--no-merges", "--format=%h %B%x00", span) or ""
    entries = (entry.strip().partition(" ") for entry in log.split("\0") if entry.strip())
    # A shallow clone cuts the parents off, so that git does not recognise its first merge.
    return {commit: message for commit, _, message in entries if not message.startswith(MERGE)}


def _git(root: Path, *arguments: str) -> str | None:
    """Return the output of a git command, or None if it failed."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def _judge(messages: Mapping[str, str]) -> int:
    """Report every broken message on standard error; return 1 if there is one."""
    lines = [f"{name}: {problem}\n" for name, message in messages.items() for problem in problems(message)]
    sys.stderr.writelines(lines)
    return 1 if lines else 0


def main(arguments: list[str]) -> int:
    """Judge the message in a file, or all commits since the rule began; return the exit code."""
    if len(arguments) > 1:
        sys.stderr.write("usage: python -m tools.commits [FILE]\n")
        return 2
    if arguments:
        message = without_comments(Path(arguments[0]).read_text(encoding="utf-8"))
        return 0 if message.startswith(TEMPORARY) else _judge({"commit message": message})
    messages = messages_since(BASE, ROOT)
    sys.stdout.write(f"{len(messages)} commits since the rule began\n")
    return _judge({f"{commit} ({text.partition(chr(10))[0]})": text for commit, text in messages.items()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

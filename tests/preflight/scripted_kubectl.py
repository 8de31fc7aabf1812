"""A kubectl that gives prepared answers."""

from pathlib import Path

from quadrant_platform.host.kubectl import Kubectl

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: blue
contexts:
- {name: blue, context: {cluster: blue, user: me}}
- {name: green, context: {cluster: green, user: me}}
"""


def scripted(folder: Path, answers: dict[str, tuple[int, str, str]]) -> Kubectl:
    """Return a kubectl that answers a call whose words contain a key, with code, stdout and stderr."""
    cases = []
    for number, (words, (code, out, err)) in enumerate(answers.items()):
        for stream, text in (("out", out), ("err", err)):
            (folder / f"{number}.{stream}").write_text(text, encoding="utf-8")
        cases.append(f'*"{words}"*) cat {folder}/{number}.out; cat {folder}/{number}.err >&2; exit {code};;')
    program = folder / "kubectl"
    program.write_text('#!/bin/sh\ncase "$*" in\n' + "\n".join(cases) + "\n*) exit 97;;\nesac\n", encoding="utf-8")
    program.chmod(0o755)
    return Kubectl(str(program))

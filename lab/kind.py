"""kind in place of the lab: what a fresh cluster needs before a stack, the definitions, certificates and the stand-in.

`python -m lab.kind` brings all of it, `python -m lab.kind definitions` what is enough for a preview. The cluster is
the one of KUBECONFIG or of kubectl's own file. Exit codes: 0 good, 2 for what stands in the way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import definitions
from lab.build import images
from lab.build.catalogue import SAMPLE
from lab.build.failure import BuildFailed
from lab.home import Home
from model.errors import BadInput, Problem

NAME = "quadrant"
"""What kind calls the cluster."""
CERTIFICATES = Path(__file__).parent / "addons" / "certificates.yaml"
IMAGES = (SAMPLE, "quay.io/jetstack/cert-manager-controller:v1.11.5")
"""Those that no registry has as the manifests start them."""


def define() -> None:
    """Install every definition that can be had; BadInput where the cluster or a module refuses."""
    found = {"apiVersion": "v1", "kind": "List", "items": definitions.all_kinds()}
    _run(["kubectl", "apply", "--server-side", "--filename=-"], json.dumps(found))


def complete(home: Home) -> None:
    """Load the images and start cert-manager."""
    for archive in images.ensure(IMAGES, home, _say).values():
        _say(f"loading {archive.name}")
        _run(["kind", "load", "image-archive", str(archive), "--name", NAME])
    _run(["kubectl", "apply", "--server-side", f"--filename={CERTIFICATES}"])
    _run(["kubectl", "--namespace=cert-manager", "rollout", "status", "deployment/cert-manager", "--timeout=180s"])


def _run(command: Sequence[str], text: str | None = None) -> None:
    try:
        done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    except FileNotFoundError:
        remedy = "install it and run this again"
        raise BadInput([Problem((command[0],), "is not on PATH, and the cluster is reached by it", remedy)]) from None
    if done.returncode != 0:
        what = f"{' '.join(command[:3])} failed: {done.stderr.strip()}"
        raise BadInput([Problem((command[0],), what, "see that KUBECONFIG names a cluster of kind that answers")])


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    if arguments not in ([], ["definitions"]):
        _say("usage: python -m lab.kind [definitions]")
        return 2
    try:
        define()
        if not arguments:
            complete(Home.here())
    except (BadInput, BuildFailed) as error:
        _say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

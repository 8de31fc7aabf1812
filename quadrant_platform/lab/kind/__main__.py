"""`python -m quadrant_platform.lab.kind [definitions]`: complete a cluster of kind, for a preview definitions alone.

The cluster is the one of KUBECONFIG or of kubectl's own file. Exit codes: 0 good, 2 where something is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.kubectl import KubectlError
from quadrant_platform.lab.build.catalogue import SAMPLE
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.kind import kind_cluster
from quadrant_platform.lab.kind.completion import complete, install_definitions
from quadrant_platform.lab.machine.home import Home


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    if arguments not in ([], ["definitions"]):
        _say("usage: python -m quadrant_platform.lab.kind [definitions]")
        return 2
    cluster = kind_cluster.client()
    try:
        install_definitions(cluster, Home.here(), _say)
        if not arguments:
            complete(cluster, [SAMPLE], Home.here(), _say)
    except (BadInput, KubectlError, BuildFailed) as error:
        _say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

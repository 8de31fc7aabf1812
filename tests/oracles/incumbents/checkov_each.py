"""Run by the Python that has Checkov: judges each file by itself, in one process, since it takes seconds to load."""

import json
import sys
from importlib import import_module
from typing import Any

RUNNER: Any = import_module("checkov.kubernetes.runner")
FILTER: Any = import_module("checkov.runner_filter")


def judge(file: str) -> list[tuple[str, str]]:
    """Return the rules that a file breaks, each with the object that breaks it."""
    frameworks = FILTER.RunnerFilter(framework=["kubernetes"])
    report = RUNNER.Runner().run(root_folder=None, files=[file], runner_filter=frameworks)
    return [(check.check_id, check.resource) for check in report.failed_checks]


if __name__ == "__main__":
    print(json.dumps({file: judge(file) for file in sys.argv[1:]}))

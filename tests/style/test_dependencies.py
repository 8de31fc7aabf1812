"""Dependencies point one way: systems, model, components, program; policies and quadrant stand beside."""

import sys
from pathlib import Path

import pytest

from tests.style.sources import PACKAGES, ROOT, imported_packages, python_files, relative

FORBIDDEN = {
    "model": {
        "pulumi",
        "pulumi_kubernetes",
        "pulumi_random",
        "pulumi_policy",
        "kubernetes",
        "kubernetes_validate",
        "components",
        "policies",
        "quadrant",
        "lab",
    },
    "components": {"policies", "quadrant", "lab"},
    "policies": {"components", "quadrant", "lab"},
    "quadrant": {"components"},
    "lab": {"components", "policies", "quadrant", "pulumi", "pulumi_kubernetes", "pulumi_policy"},
}


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=relative)
def test_a_package_imports_only_what_lies_below_it(path: Path) -> None:
    package = relative(path).split("/")[0]
    wrong = imported_packages(path) & (FORBIDDEN[package] | {"tests", "bench"})
    assert not wrong, f"{relative(path)} imports {sorted(wrong)}: {package} must not depend on it"


def test_no_module_of_the_policy_pack_hides_one_of_the_standard_library() -> None:
    names = {path.stem for path in (ROOT / "policies").glob("*.py")} - {"__init__", "__main__"}
    hidden = names & sys.stdlib_module_names
    assert not hidden, f"{sorted(hidden)}: the pack's folder comes first on its path when the engine starts it"

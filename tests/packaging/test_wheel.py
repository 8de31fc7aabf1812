"""The wheel: one import package with real files, also for the two folders that are linked into it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.style.sources import ROOT

SOURCES = ("quadrant_platform", "components", "policies", "pyproject.toml", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy so that the checkout stays clean."""
    copy, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, copy / name)
    build = [*PIP, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(out), str(copy)]
    subprocess.run(build, check=True, timeout=300)
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, installed outside the checkout."""
    target = tmp_path_factory.mktemp("installed")
    subprocess.run([*PIP, "install", "--no-deps", "--target", str(target), str(wheel)], check=True, timeout=300)
    return target


def test_the_wheel_installs_one_import_package(wheel: Path) -> None:
    names = {name.split("/")[0] for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == {"quadrant_platform"}, "a package called model or lab would shadow another project's"


def test_the_wheel_holds_every_file_that_the_checkout_has(wheel: Path) -> None:
    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    listing = subprocess.run(
        ["git", "ls-files", "quadrant_platform", "components", "policies"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    tracked = {name if name.startswith("quadrant_platform/") else f"quadrant_platform/{name}"
               for name in listing.stdout.split() if not (ROOT / name).is_symlink()}  # fmt: skip
    assert not tracked - packed, "a file that the product reads would be missing after an installation"


@pytest.mark.parametrize("module", ["components.workload.service", "policies.pack", "commands.cli", "lab.cli"])
def test_an_installed_package_imports_from_its_own_files(installed: Path, tmp_path: Path, module: str) -> None:
    code = f"import quadrant_platform.{module} as module; print(module.__file__)"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=False, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert Path(ran.stdout.strip()).is_relative_to(installed), "not from the checkout"

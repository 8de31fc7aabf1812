"""A copy of the checkout, as a user has one: its systems and stack files may be changed."""

import shutil
import subprocess
from pathlib import Path

from quadrant_platform.host.checkout import ROOT


def copy_checkout(target: Path) -> Path:
    """Copy what git tracks or would track, as a repository of its own; the environment of this checkout runs it."""
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, git(ROOT, *listed).split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    git(target, "init", "-q")
    git(target, "add", "--all")
    author = ("-c", "user.name=tests", "-c", "user.email=tests@quadrant.invalid")
    git(target, *author, "commit", "-q", "--no-verify", "-m", "what a user clones")
    (target / ".venv").symlink_to(ROOT / ".venv")
    (target / ".git" / "info" / "exclude").write_text(".venv\n", "utf-8")
    return target


def git(folder: Path, *words: str) -> str:
    """Return what git prints in a folder."""
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout

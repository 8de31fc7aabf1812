"""Files and folders that appear whole or not at all."""

import shutil
from pathlib import Path


def write_atomically(file: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file, and its folder, in one step: whoever is killed leaves either the old content or the new.

    A private file is readable for its owner alone from its first byte on.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600 if private else 0o666)
    part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    part.replace(file)


def replace_folder(fresh: Path, target: Path) -> None:
    """Put one folder into the place of another, which may be absent; both are on one file system.

    A rename cannot replace a folder that holds files, so the old one moves aside first, under one fixed name. An error
    moves it back. A kill between the two renames leaves both folders whole, and the next call clears the old one away.
    """
    aside = target.with_name(f".{target.name}.old")
    if target.exists():
        remove(aside)
        target.rename(aside)
    try:
        fresh.rename(target)
    except BaseException:
        if aside.exists():
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def remove(path: Path) -> None:
    """Remove a file or a folder that may be absent."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

"""Files for a test to read."""

from pathlib import Path

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: n}\n"
"""An object that violates nothing."""


def write(folder: Path, **texts: str) -> Path:
    """Write files below a folder; `__` in a name means a folder, `_` the dot."""
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder

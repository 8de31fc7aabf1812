"""Image archives as `docker save` writes them, which containerd imports; equal contents make equal bytes."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

EPOCH = "1970-01-01T00:00:00Z"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
BLOCK = 1 << 20


@dataclass(frozen=True)
class Start:
    """How a container starts where its pod does not specify it."""

    entrypoint: tuple[str, ...] = ()
    path: str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    user: str = ""
    folder: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Entry:
    """One file, link or folder of a layer: the source of a file, or the target of a link."""

    content: bytes | Path | None = None
    link: str = ""
    mode: int = 0o644


def write_layer(target: Path, entries: Mapping[str, Entry]) -> None:
    """Write a layer; paths are absolute, and the runtime that unpacks it makes the folders between."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as layer:
        for path, entry in sorted(entries.items()):
            _add(layer, path.lstrip("/"), entry)


def write_image(target: Path, name: str, layers: Sequence[Path], start: Start) -> None:
    """Write an archive of one image whose layers lie on each other in this order."""
    digests = [_digest(layer) for layer in layers]
    config = json.dumps(_config(start, digests), sort_keys=True).encode()
    names = [f"{digest}.tar" for digest in digests]
    manifest = [{"Config": f"{hashlib.sha256(config).hexdigest()}.json", "RepoTags": [name], "Layers": names}]
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, "manifest.json", Entry(json.dumps(manifest).encode()))
        _add(archive, str(manifest[0]["Config"]), Entry(config))
        for path, layer in zip(names, layers, strict=True):
            _add(archive, path, Entry(layer))


def normalise(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member without what differs from one run to the next."""
    member.mtime = 0
    member.pax_headers = {}
    member.uname = member.gname = ""
    return member


def _config(start: Start, digests: Sequence[str]) -> dict[str, object]:
    process: dict[str, object] = {
        "Env": [f"PATH={start.path}", *(f"{name}={value}" for name, value in start.environment.items())],
        "WorkingDir": start.folder,
        "User": start.user,
    }
    if start.entrypoint:
        process["Entrypoint"] = list(start.entrypoint)
    return {
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "created": EPOCH,
        "config": process,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        "history": [{"created": EPOCH} for _ in digests],
    }


def _add(archive: tarfile.TarFile, path: str, entry: Entry) -> None:
    member = tarfile.TarInfo(path)
    member.mode = entry.mode
    if entry.link:
        member.type, member.linkname, member.mode = tarfile.SYMTYPE, entry.link, 0o777
        archive.addfile(member)
    elif isinstance(entry.content, Path):
        member.size = entry.content.stat().st_size
        with entry.content.open("rb") as source:
            archive.addfile(member, source)
    elif entry.content is None:
        member.type = tarfile.DIRTYPE
        archive.addfile(member)
    else:
        member.size = len(entry.content)
        archive.addfile(member, io.BytesIO(entry.content))


def _digest(file: Path) -> str:
    total = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            total.update(block)
    return total.hexdigest()

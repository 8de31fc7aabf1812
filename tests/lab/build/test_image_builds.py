"""Images: what is in them, under which name, and that equal contents are equal bytes."""

import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.build import image_builds, root_filesystems
from quadrant_platform.lab.build.archive import Entry, Start, write_image, write_layer
from quadrant_platform.lab.build.go_modules import GoModule
from quadrant_platform.lab.build.image import Image, normalised
from quadrant_platform.lab.machine.home import Home
from tests.lab.build.conftest import Tool, quiet

ENGINE = Image("docker.io/library/engine:1", programs={"/usr/bin/engine": "engine"}, accounts={"engine": 999})
FULL_NAMES = {
    "redis:7": "docker.io/library/redis:7",
    "carbon254/enrichment:5": "docker.io/carbon254/enrichment:5",
    "docker.io/library/redis:7": "docker.io/library/redis:7",
    "quay.io/a/b:1": "quay.io/a/b:1",
    "localhost/a:1": "localhost/a:1",
}


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave one image in the catalogue."""
    monkeypatch.setattr(image_builds, "IMAGES", {ENGINE.name: ENGINE})


@pytest.mark.parametrize(("short", "full"), FULL_NAMES.items())
def test_names_are_completed_as_containerd_does(short: str, full: str) -> None:
    assert normalised(short) == full, f"containerd keeps {short} as {full}"


def test_an_archive_holds_the_config_and_layers_that_its_manifest_names(tmp_path: Path) -> None:
    layer, archive = tmp_path / "layer.tar", tmp_path / "image.tar"
    write_layer(layer, {"/bin/tool": Entry(b"tool", mode=0o755), "/bin/other": Entry(link="tool")})
    write_image(archive, "a:1", [layer], Start(entrypoint=("tool",), path="/bin", environment={"A": "b"}))
    with tarfile.open(archive) as opened:
        contents = {name: file.read() for name in opened.getnames() if (file := opened.extractfile(name))}
    (manifest,) = json.loads(contents["manifest.json"])
    config = json.loads(contents[manifest["Config"]])
    assert manifest["RepoTags"] == ["a:1"], "containerd takes the name from there"
    assert [contents[name] for name in manifest["Layers"]] == [layer.read_bytes()], "each layer is whole"
    digest = f"sha256:{hashlib.sha256(layer.read_bytes()).hexdigest()}"
    assert config["rootfs"]["diff_ids"] == [digest], "containerd checks each layer's digest"
    assert config["config"]["Env"] == ["PATH=/bin", "A=b"], "commands without a folder are looked up there"
    assert config["config"]["Entrypoint"] == ["tool"], "operators' pods name no command"


def test_a_layer_keeps_modes_links_and_accounts(tmp_path: Path) -> None:
    program, layer = tmp_path / "program", tmp_path / "layer.tar"
    program.write_bytes(b"engine")
    write_layer(layer, ENGINE.overlay({"engine": program}))
    with tarfile.open(layer) as opened:
        members = {member.name: member for member in opened}
        passwd = opened.extractfile("etc/passwd")
        assert passwd is not None, "programs look users up there"
        assert b"engine:x:999:999:engine:/:/bin/sh\n" in passwd.read(), "its user has a name"
    assert members["usr/bin/engine"].mode == 0o755, "it can be run"
    assert members["bin"].linkname == "usr/bin", "manifests call some programs in /bin"
    assert members["tmp"].mode == 0o1777, "every user may write there"


def test_equal_contents_are_equal_bytes(tmp_path: Path) -> None:
    source, written = tmp_path / "source", []
    for number in range(2):
        source.unlink(missing_ok=True)
        source.write_text("text", encoding="utf-8")
        layer, archive = tmp_path / f"{number}.layer", tmp_path / f"{number}.tar"
        write_layer(layer, {"/b": Entry(source), "/a": Entry(b"")})
        write_image(archive, "a:1", [layer], Start())
        written.append(archive.read_bytes())
    assert written[0] == written[1], "dates and orders of a run are no part of an image"


def test_packages_are_layered_without_dates_and_unread_files(tmp_path: Path, home: Home, tool: Tool) -> None:
    raw = tmp_path / "raw.tar"
    with tarfile.open(raw, "w") as made:
        for name in ("./dev/null", "./usr/share/doc/a/README", "./usr/bin/b", "./usr/lib/libLLVM.so.19"):
            member = tarfile.TarInfo(name)
            member.mtime, member.size = 1_700_000_000, 1
            made.addfile(member, io.BytesIO(b"x"))
        link = tarfile.TarInfo("./usr/bin/a")
        link.type, link.linkname = tarfile.LNKTYPE, "./usr/bin/b"
        made.addfile(link)
    tool(root_filesystems.TOOL, f'for last; do :; done\n/bin/cp "{raw}" "$last"')
    layer = root_filesystems.ensure("root", ("a", "b"), (), home, quiet)
    with tarfile.open(layer) as opened:
        members = opened.getmembers()
    assert [member.name for member in members] == ["./usr/bin/b", "./usr/bin/a"], "a hard link follows its file"
    assert {member.mtime for member in members} == {0}, "equal packages make equal layers"


def test_a_changed_image_replaces_its_former_archive(
    go: None, module: GoModule, home: Home, only: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = image_builds.ensure(["engine:1"], home, quiet)["engine:1"]
    changed = replace(ENGINE, accounts={"engine": 1000})
    monkeypatch.setattr(image_builds, "IMAGES", {ENGINE.name: changed})
    after = image_builds.ensure(["engine:1"], home, quiet)["engine:1"]
    assert before != after, "its contents decide where an archive is"
    assert sorted(home.images.glob("*.tar")) == [after], "former states would fill the disk"


def test_an_image_that_cannot_be_made_here_says_why(home: Home) -> None:
    with pytest.raises(BadInput, match=r"cannot be made here: .*; leave its workload out"):
        image_builds.ensure(["apache/kafka:4.1.0"], home, quiet)
    with pytest.raises(BadInput, match=r"no such image; did you mean 'docker\.io/library/redis"):
        image_builds.ensure(["redis:7.2.12"], home, quiet)
    assert not home.root.exists(), "bad input changes nothing"


def test_a_full_disk_is_found_before_anything_is_made(
    go: None, module: GoModule, home: Home, only: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quadrant_platform.lab.build.go_modules.MEGABYTES_PER_MINUTE", 10**12)
    with pytest.raises(BadInput, match=r"making engine needs .* MB there, .* MB are free"):
        image_builds.ensure(["engine:1"], home, quiet)
    assert not home.root.exists(), "nothing was begun"

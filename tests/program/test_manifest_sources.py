"""Input that would take all time or memory is refused, and what lies beside it is judged."""

import io
import os
import socket
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.program import manifest_documents, manifest_sources
from tests.commands.files import GOOD, write
from tests.commands.running import Runner

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec: {containers: [{name: c, image: c}]}\n"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Lower the bound on the size of a file."""
    monkeypatch.setattr(manifest_sources, "MAX_BYTES", 1000)
    return 1000


@pytest.mark.parametrize(("beside", "code"), [(GOOD, 0), (POD, 1), (None, 2)])
def test_a_file_that_is_too_long_is_named_and_the_rest_is_judged(
    quadrant: Runner, tmp_path: Path, small: int, beside: str | None, code: int
) -> None:
    texts = {"big_yaml": "# " + "x" * small, **({"a_yaml": beside} if beside else {})}
    result = quadrant("check", "--manifests", write(tmp_path, **texts))
    assert result.code == code, "nothing was judged only where nothing else is there"
    assert "big.yaml:1: over " in result.err, "the reason is told"


def test_no_more_is_read_than_may_be_judged(tmp_path: Path, small: int) -> None:
    class Endless(io.BytesIO):
        """A stream without an end, as a device may be."""

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None, "a bound is given"
            assert 0 < size <= small + 1, "reading all of it would never end"
            return b"x" * size

    with pytest.raises(BadInput, match="split it"):
        manifest_sources.bounded_text(Endless(), tmp_path)


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_file_of_too_many_objects_is_named(
    quadrant: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(manifest_documents, "MAX_OBJECTS", 10)
    text = "---\n".join([GOOD] * 11) if suffix == "yaml" else '{"kind": "A"}\n' * 11
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml=GOOD, **{f"many_{suffix}": text}))
    assert (result.code, f"many.{suffix}:" in result.err) == (0, True), "the other file was judged"
    assert "over 10 objects" in result.err, "the reason is told"


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_what_is_no_file_is_not_opened(quadrant: Runner, tmp_path: Path, kind: str) -> None:
    write(tmp_path, a_yaml=GOOD)
    strange = tmp_path / "strange.yaml"
    if kind == "pipe":
        os.mkfifo(strange)
    elif kind == "device":
        strange.symlink_to("/dev/zero")
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(os.path.relpath(strange))
    result = quadrant("check", "--manifests", tmp_path)
    assert result.code == 0, "opening it would wait for ever, or read for ever"
    assert "strange.yaml:1: no file but a pipe, socket or device" in result.err, "and it is named"


def test_a_folder_that_cannot_be_read_is_named(
    quadrant: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a_yaml=GOOD, shut__b_yaml=POD)
    listed = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = quadrant("check", "--manifests", tmp_path)
    assert (result.code, "shut:1: cannot be read: Permission denied" in result.err) == (0, True), (
        "it is not passed over in silence; root itself may read everything"
    )


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\x7fELF\x02\x01", "kind: A".encode("utf-16"), b"\xff\xfe\xfd"])
def test_bytes_that_are_no_text_are_named(quadrant: Runner, tmp_path: Path, data: bytes) -> None:
    write(tmp_path, a_yaml=GOOD)
    (tmp_path / "binary.yaml").write_bytes(data)
    result = quadrant("check", "--manifests", tmp_path)
    assert (result.code, "binary.yaml:1: not " in result.err) == (0, True), "the other file was judged"


@pytest.mark.parametrize(
    "text", ['{"a": "\\/", "b": ' + "[" * 100_000, '{"a": "\\/", "b": ' + "[" * 200 + "]" * 200 + "}"]
)
def test_deep_json_is_refused_where_yaml_cannot_read_it(quadrant: Runner, tmp_path: Path, text: str) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, deep_json=text))
    assert (result.code, "deep.json:1: " in result.err) == (2, True), "an escape that is JSON's alone comes first"


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system [id]", "!!python/name:os.system", "!own {}"])
def test_a_tag_makes_nothing(quadrant: Runner, tmp_path: Path, tag: str) -> None:
    result = quadrant("check", "--manifests", write(tmp_path, a_yaml=f"kind: A\nspec: {tag}\n", b_yaml=GOOD))
    assert (result.code, "a.yaml:2: not YAML" in result.err) == (0, True), "it is no value of Kubernetes"


def test_names_cannot_write_to_the_terminal(quadrant: Runner, tmp_path: Path) -> None:
    evil = 'apiVersion: v1\nkind: Pod\nmetadata: {name: "p\\e]0;x\\a\\n\\x9b2J\\u202e", namespace: n}\nspec: {}\n'
    write(tmp_path, a_yaml=evil)
    (tmp_path / "b\x1b[2J\n.yaml").write_text("[", encoding="utf-8")
    for options in ((), ("--format", "json")):
        result = quadrant("check", "--manifests", tmp_path, *options)
        written = result.out + result.err
        assert not set(written) & set("\x1b\x07\x9b\u202e"), "what moves the cursor is written out"
        assert result.code == 1, "the object was judged"
    assert "b\\x1b[2J\\n.yaml:2: " in result.err, "the name is shown, on one line"

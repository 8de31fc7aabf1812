"""Programs are compiled once, appear whole, and are made again when their inputs change."""

import os
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.build import program_builds
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.build.go_modules import GoModule
from quadrant_platform.lab.machine.home import Home
from tests.lab.build.conftest import GO, Tool, quiet


def test_a_program_is_compiled_once_and_linked_under_its_name(
    go: None, module: GoModule, home: Home, calls: Path
) -> None:
    first = program_builds.ensure(["engine"], home, quiet)
    second = program_builds.ensure(["engine"], home, quiet)
    assert first == second, "the same requirements are the same program"
    assert first["engine"].read_text() == "a program\n", "Go calls it `server`, the lab `engine`"
    assert (home.bin / "engine").resolve() == first["engine"].resolve(), "people find it under its name"
    assert len(calls.read_text().splitlines()) == 1, "what is kept is not compiled again"


def test_a_kept_program_needs_no_compiler(
    go: None, module: GoModule, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = program_builds.ensure(["engine"], home, quiet)
    monkeypatch.setenv("PATH", os.devnull)
    assert program_builds.ensure(["engine"], home, quiet) == kept, "a machine may have lost its Go meanwhile"


@pytest.mark.parametrize("change", ["go.mod", "go.sum", "main.go"])
def test_any_change_of_a_module_compiles_it_again(
    change: str, go: None, module: GoModule, home: Home, calls: Path
) -> None:
    before = program_builds.ensure(["engine"], home, quiet)["engine"]
    with (module.folder / change).open("a", encoding="utf-8") as file:
        file.write("// another version\n")
    after = program_builds.ensure(["engine"], home, quiet)["engine"]
    assert before != after, f"{change} decides what the program is"
    assert before.is_file(), "a cluster may still be running the former program"
    assert (home.bin / "engine").resolve() == after.resolve(), "the name follows the checkout"
    assert len(calls.read_text().splitlines()) == 2, "one build each"


def test_what_a_killed_build_left_is_made_again(go: None, module: GoModule, home: Home) -> None:
    target = program_builds.built_folder(module, home)
    half = target.parent / f".{target.name}.part"
    half.mkdir(parents=True)
    (half / "engine").write_text("half a program", encoding="utf-8")
    path = program_builds.ensure(["engine"], home, quiet)["engine"]
    assert path.read_text() == "a program\n", "a half-written program is never used"
    assert not half.exists(), "what was left is gone"


def test_a_failed_build_names_its_log_and_leaves_no_program(
    go: None, module: GoModule, home: Home, monkeypatch: pytest.MonkeyPatch, tool: Tool
) -> None:
    tool("go", 'case $1 in env) shift; for n; do echo "${CACHES}"; done ;; *) echo undefined: thing; exit 1 ;; esac')
    with pytest.raises(BuildFailed) as failed:
        program_builds.ensure(["engine"], home, quiet)
    assert "undefined: thing" in str(failed.value), "the compiler's own message has the cause"
    assert failed.value.log.read_text() == "undefined: thing\n", "the whole of it is in the log"
    assert not program_builds.built_folder(module, home).exists(), "nothing looks finished"


def test_a_users_settings_for_other_builds_do_not_change_this_one(
    go: None, module: GoModule, home: Home, calls: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"GO111MODULE": "off", "GOOS": "darwin", "GOARCH": "wasm", "GOAMD64": "v4", "CGO_ENABLED": "1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    seen = " ".join(f"${name}" for name in settings)
    tool("go", GO.replace("build)", f'build)\n    echo "{seen}" >> "$CALLS"'))
    program_builds.ensure(["engine"], home, quiet)
    ours = program_builds.USUAL["GOARCH"]
    assert calls.read_text().splitlines()[0] == f"on linux {ours} v1 0", "the node could not run another one"


def test_what_go_does_anyway_names_no_build(module: GoModule, monkeypatch: pytest.MonkeyPatch) -> None:
    before = program_builds.digest(module)
    monkeypatch.setattr(program_builds, "USUAL", {"GOOS": "linux"})
    assert program_builds.digest(module) == before, "the same programs need not be compiled again"
    monkeypatch.setattr(program_builds, "ENVIRONMENT", {"CGO_ENABLED": "1"})
    assert program_builds.digest(module) != before, "what changes the programs does name them"


def test_an_unknown_program_is_refused_with_the_nearest_name(home: Home) -> None:
    with pytest.raises(BadInput, match="did you mean 'kubelet'"):
        program_builds.ensure(["kubelett"], home, quiet)
    assert not home.root.exists(), "bad input changes nothing"


def test_a_machine_without_go_learns_which_version_it_needs(tool: Tool, module: GoModule, home: Home) -> None:
    with pytest.raises(BadInput, match=r"go: is not on PATH, and compiles engine; install Go 1\.98\.0 or newer"):
        program_builds.ensure(["engine"], home, quiet)
    assert not home.root.exists(), "a machine that cannot build is left as it was"


def test_an_old_go_that_may_not_renew_itself_is_refused(
    go: None, module: GoModule, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERSION", "1.97.9")
    with pytest.raises(BadInput, match=r"is go1\.97\.9, and compiles engine, which needs Go 1\.98\.0"):
        program_builds.ensure(["engine"], home, quiet)
    assert not home.root.exists(), "nothing was begun"

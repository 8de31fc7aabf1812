"""A Go that cannot compile the lab's programs is refused before anything begins, with a remedy."""

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.build import program_builds
from quadrant_platform.lab.build.go_modules import GoModule
from quadrant_platform.lab.machine.home import Home
from tests.lab.build.conftest import Tool, quiet

pytestmark = pytest.mark.usefixtures("go", "module")


def refusal(home: Home) -> str:
    """The error in place of a build."""
    with pytest.raises(BadInput) as refused:
        program_builds.ensure(["engine"], home, quiet)
    assert not home.root.exists(), "nothing was begun"
    return str(refused.value)


@pytest.mark.parametrize(
    ("version", "toolchain"),
    [
        ("1.19.8", ""),
        ("1.20.14", "auto"),
        ("1.22.0", "go1.22.0"),
        ("1.24.4", "path"),
        ("1.24.4", "go1.23.0+path"),
        ("1.24.4", "local"),
    ],
)
def test_an_old_go_that_will_not_fetch_a_newer_one_is_refused(
    version: str, toolchain: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERSION", version)
    monkeypatch.setenv("TOOLCHAIN", toolchain)
    message = refusal(home)
    assert f"go: is go{version}, and compiles engine, which needs Go 1.98.0" in message, (
        "the build would fail with less"
    )
    fetches = version >= "1.21"
    assert ("GOTOOLCHAIN=auto" in message) is fetches, "before 1.21, Go cannot fetch other versions"


@pytest.mark.parametrize(
    ("version", "toolchain"),
    [("1.21.0", "auto"), ("1.24.4", "go1.24.4+auto"), ("1.98.0", "local"), ("1.99.1", "go1.99.1"), ("1.98.0", "path")],
)
def test_a_go_that_is_new_or_renews_itself_is_taken(
    version: str, toolchain: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERSION", version)
    monkeypatch.setenv("TOOLCHAIN", toolchain)
    assert program_builds.ensure(["engine"], home, quiet)["engine"].exists(), "it is compiled"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo cannot find GOROOT >&2; exit 2", "cannot find GOROOT"),
        ("exit 3", "exit status 3"),
        ("echo hello", "prints 'hello"),
    ],
)
def test_a_go_that_does_not_answer_is_reported_without_a_traceback(
    script: str, expected: str, home: Home, tool: Tool
) -> None:
    tool("go", script)
    message = refusal(home)
    assert message.startswith("go: does not answer, and compiles engine: "), "what is wrong, and why it matters"
    assert expected in message, "its own message has the cause"
    assert "mend it, or install Go 1.98.0 or newer" in message, "the way out"


def test_a_file_that_is_no_program_is_reported_without_a_traceback(home: Home, tool: Tool) -> None:
    tool("go", "")
    (home.root.with_name("bin") / "go").write_bytes(b"\x7fELF of another machine")
    assert "go: does not answer" in refusal(home), "a Go of another architecture cannot even be started"


@pytest.mark.parametrize("there", [True, False])
def test_under_sudo_the_way_to_the_users_own_go_is_named(
    there: bool, home: Home, module: GoModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "ada")
    monkeypatch.setenv("VERSION", "1.19.8")
    if not there:
        monkeypatch.setenv("PATH", str(home.root))
    message = refusal(home)
    assert 'where ada has it, run `sudo env PATH="$PATH" make up`' in message, "sudo takes a PATH of its own"
    assert "else install Go 1.98.0" in message, "the user may have none either"

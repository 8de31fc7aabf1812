"""A migration makes its table under a lock, and the command's exit code shows the outcome."""

from pathlib import Path

import pytest

from quadrant_platform.lab.sample.__main__ import main
from tests.lab.sample.servers import postgresql, running


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, config: str, *arguments: str) -> int:
    file = folder / "config.yaml"
    file.write_text(config, encoding="utf-8")
    monkeypatch.setenv("CONFIG_PATH", str(file))
    monkeypatch.setenv("SECRETS_DIR", str(folder / "secrets"))
    return main(["migrate", "--name=migrations", *arguments])


def database(port: int) -> str:
    return f"postgresql://clerk:hush@127.0.0.1:{port}/shop?sslmode=disable"


def secret(folder: Path, text: str) -> None:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "url").write_text(text, encoding="utf-8")


def test_a_migration_takes_turns_and_may_run_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handler = postgresql()
    with running(handler) as server:
        secret(tmp_path, database(server.port))
        code = run(monkeypatch, tmp_path, "", "--calls=127.0.0.1")
    text = "\n".join(handler.statements)
    assert code == 0, "the job is complete"
    places = [text.find(part) for part in ("advisory_xact_lock", "CREATE TABLE IF NOT EXISTS", "DO NOTHING", "COMMIT")]
    assert -1 not in places, f"each step is there: {text}"
    assert places == sorted(places), f"in this order: {text}"


def test_a_database_that_refuses_fails_the_job(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(postgresql(refuse="no such user")) as server:
        secret(tmp_path, database(server.port))
        code = run(monkeypatch, tmp_path, "", "--calls=127.0.0.1")
    assert code == 1, "Kubernetes tries again"
    assert "hush" not in "".join(capsys.readouterr()), "a log is no place for a password"


def test_a_migration_without_a_database_is_bad_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run(monkeypatch, tmp_path, "server: {port: 3001}") == 2, "trying again would not help"


@pytest.mark.parametrize("config", ["a: [", "\t- x", "redis: {host: a, port: many}"])
def test_a_file_that_cannot_be_read_is_bad_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str
) -> None:
    assert run(monkeypatch, tmp_path, config) == 2, "a wrong file is the user's to mend"
    assert "Traceback" not in capsys.readouterr().err, "and needs no trace"

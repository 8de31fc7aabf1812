"""The command line describes a service, and the environment its files."""

from pathlib import Path

import pytest

from quadrant_platform.lab.sample.invocation import files, parsed

SERVE = ["serve", "--name=shop", "--port=http=8080", "--port=metrics=9464"]


def test_arguments_give_ports_paths_and_hosts() -> None:
    command, settings = parsed([*SERVE, "--metrics=metrics:/m", "--ready=/r", "--calls=db=password", "--calls=api"])
    assert command == "serve", "the first word is the command"
    assert settings.ports == {"http": 8080, "metrics": 9464}, "each port under its name"
    assert (settings.metrics_port, settings.metrics_path) == (9464, "/m"), "where Prometheus reads"
    assert settings.ready == ("/health/ready", "/r"), "a declared path is added to the usual one"
    assert settings.calls == {"db": "password", "api": ""}, "a host, and the file of its password"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "--name=shop"], "at least one --port"),
        ([*SERVE, "--metrics=other:/m"], "'other'"),
        (["serve", "--name=shop", "--port=8080"], "NAME=NUMBER"),
        (["serve", "--name=shop", "--port=http=99999"], "NAME=NUMBER"),
        (["sell", "--name=shop"], "sell"),
        (SERVE[2:], "--name"),
    ],
)
def test_bad_arguments_end_with_code_2(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(arguments)
    assert ended.value.code == 2, "bad input has a code of its own"
    assert message in capsys.readouterr().err, "the message names what is wrong"


def test_secrets_are_read_from_a_mounted_volume(tmp_path: Path) -> None:
    real = tmp_path / "..2026"
    real.mkdir()
    (real / "password").write_text("hush\n", encoding="utf-8")
    (tmp_path / "..data").symlink_to(real.name)
    (tmp_path / "password").symlink_to(Path("..data") / "password")
    found = files({"SECRETS_DIR": str(tmp_path)})
    assert found.secrets == {"password": "hush"}, "the kubelet's own links are no secrets, and lines end"


@pytest.mark.parametrize("text", ['{"server": {"port": 1}}', "server:\n  port: 1\n"])
def test_configuration_is_json_or_yaml(tmp_path: Path, text: str) -> None:
    file = tmp_path / "production"
    file.write_text(text, encoding="utf-8")
    found = files({"CONFIG_PATH": str(file), "SECRETS_DIR": str(tmp_path / "none")})
    assert found.config == {"server": {"port": 1}}, "both are read alike"


def test_a_container_without_files_has_no_configuration(tmp_path: Path) -> None:
    found = files({"SECRETS_DIR": str(tmp_path)})
    assert (found.config, found.secrets) == (None, {}), "a site of pages needs none"


def test_a_file_that_the_environment_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        files({"CONFIG_PATH": str(tmp_path / "absent")})

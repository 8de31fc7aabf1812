"""The committed templates of configuration and secret files: complete, current, and never the real files."""

import subprocess
from pathlib import PurePosixPath

import pytest
import yaml

from quadrant_platform.model.loader import load_system, system_file
from tests.stacks import SYSTEMS
from tests.style.sources import ROOT
from tools.docs.templates import templates

FOLDERS = ("config", "secrets", "templates")


def git(*arguments: str) -> list[str]:
    """The lines that git answers."""
    answer = subprocess.run(["git", *arguments], capture_output=True, check=False, cwd=ROOT, text=True, timeout=60)
    return answer.stdout.splitlines()


def of_model(system: str) -> dict[str, str]:
    """The templates that follow from a system's file."""
    return templates(load_system(system_file(system)))


@pytest.mark.demand("WRK-18")
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_template_says_what_the_model_says(system: str) -> None:
    for name, text in of_model(system).items():
        committed = ROOT / name
        assert committed.is_file(), f"{name} is missing: a developer would not know the file"
        assert committed.read_text(encoding="utf-8") == text, f"{name} differs from systems/{system}.yaml"


@pytest.mark.demand("WRK-18")
def test_every_committed_template_belongs_to_a_system() -> None:
    expected = {name for system in SYSTEMS for name in of_model(system)}
    committed = set(git("ls-files", "--", *FOLDERS))
    assert committed == expected, f"{committed ^ expected}: left over or not committed"


@pytest.mark.demand("WRK-18")
def test_the_platforms_own_templates_stand_where_developers_look() -> None:
    found = set(of_model("motovault"))
    assert {"config/app/production.yml.example", "config/platform/production.yml.example"} <= found, "both files"
    kept = {PurePosixPath(name).name.removesuffix(".example") for name in found if name.startswith("secrets/")}
    keys = {key for secret in load_system(system_file("motovault")).secrets.values() for key in secret.keys}
    assert kept == keys, "one template for every secret file"


@pytest.mark.demand("WRK-18")
def test_templates_have_the_keys_that_services_read() -> None:
    text = (ROOT / "config/app/production.yml.example").read_text(encoding="utf-8")
    assert set(yaml.safe_load(text)) >= {"server", "database", "redis", "minio", "auth0", "platform", "external"}, (
        "every section of the application's file"
    )


@pytest.mark.demand("WRK-18")
@pytest.mark.parametrize("system", SYSTEMS)
def test_filled_in_files_are_ignored_and_templates_are_not(system: str) -> None:
    names = list(of_model(system))
    real = [name.removesuffix(".example") for name in names]
    assert git("check-ignore", "--no-index", *real) == real, "a filled-in file must never be committed"
    assert not git("check-ignore", "--no-index", *names), "its template must be"


@pytest.mark.demand("WRK-18")
def test_anything_put_among_the_secrets_is_ignored() -> None:
    loose = ["secrets/app/new-key", "secrets/app/new-key.txt", "secrets/notes", "templates/agents/secrets/app/new-key"]
    assert git("check-ignore", "--no-index", *loose) == loose, "whatever its name"


@pytest.mark.demand("WRK-18")
def test_no_template_of_a_secret_holds_a_value() -> None:
    for system in SYSTEMS:
        for name, text in of_model(system).items():
            if "secrets/" in name:
                assert text.startswith("<"), f"{name} says where the value is kept"
                assert text.endswith(" of the vault>\n"), f"{name} says nothing else"

"""The committed templates of configuration and secret files: complete, current, and never the real files."""

import subprocess
from pathlib import PurePosixPath

import pytest
import yaml

from quadrant_platform.model.loader import load_system, system_file
from tests.stacks import SYSTEMS
from tests.style.sources import ROOT
from tools.docs.templates import templates

TEMPLATES = ("systems/*/config/*", "systems/*/secrets/*")
DEMANDS = yaml.safe_load((ROOT / "tests/demands.yaml").read_text(encoding="utf-8"))


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
        assert committed.is_file(), f"{name} is missing: a developer would not find out about the file"
        assert committed.read_text(encoding="utf-8") == text, f"{name} differs from systems/{system}/system.yaml"


@pytest.mark.demand("WRK-18")
def test_every_committed_template_belongs_to_a_system() -> None:
    expected = {name for system in SYSTEMS for name in of_model(system)}
    committed = set(git("ls-files", "--", *TEMPLATES))
    assert committed == expected, f"{committed ^ expected}: left over or not committed"


@pytest.mark.demand("WRK-18")
def test_a_systems_folder_holds_a_template_for_each_of_its_files() -> None:
    """The row's folders config/ and secrets/ are in the system's own folder (decision 18)."""
    folder = PurePosixPath("systems/motovault")
    found = {PurePosixPath(name).relative_to(folder) for name in of_model("motovault")}
    configs = {"config/app/production.yml.example", "config/platform/production.yml.example"}
    assert {str(name) for name in found if name.parts[0] == "config"} == configs, "both files, and no other"
    kept = {name.name.removesuffix(".example") for name in found if name.parts[0] == "secrets"}
    keys = {key for secret in load_system(system_file("motovault")).secrets.values() for key in secret.keys}
    assert kept == keys, "one template for every secret file"


@pytest.mark.parametrize("row", [pytest.param(name, marks=pytest.mark.demand(name)) for name in ("SEC-01", "SEC-02")])
def test_each_secret_of_a_row_has_its_template_in_the_systems_folder(row: str) -> None:
    """The row's folder is in the system's own folder (decision 18)."""
    values = next(one["values"] for one in DEMANDS if one["id"] == row)
    folder = ROOT / "systems/motovault" / values["dir"]
    missing = [name for name in values["files"] if not (folder / f"{name}.example").is_file()]
    assert not missing, f"{missing} have no template in {values['dir']}"


@pytest.mark.demand("EGR-05")
def test_the_template_of_the_application_has_the_values_of_auth0() -> None:
    text = (ROOT / "systems/motovault/config/app/production.yml.example").read_text(encoding="utf-8")
    values = next(one["values"] for one in DEMANDS if one["id"] == "EGR-05")
    assert yaml.safe_load(text)["auth0"] == values, "domain and audience as demanded"


@pytest.mark.demand("WRK-18")
def test_templates_have_the_keys_that_services_read() -> None:
    text = (ROOT / "systems/motovault/config/app/production.yml.example").read_text(encoding="utf-8")
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
def test_anything_put_among_the_secrets_and_configuration_is_ignored() -> None:
    names = ("secrets/app/new-key", "secrets/app/new-key.txt", "secrets/notes", "config/app/new.yml")
    loose = [f"systems/{system}/{name}" for system in SYSTEMS for name in names]
    assert git("check-ignore", "--no-index", *loose) == loose, "whatever its name"


@pytest.mark.demand("WRK-18")
def test_no_template_of_a_secret_holds_a_value() -> None:
    for system in SYSTEMS:
        for name, text in of_model(system).items():
            if "/secrets/" in name:
                assert text.startswith("<"), f"{name} names the place of the value"
                assert text.endswith(" of the vault>\n"), f"{name} holds nothing else"

"""Bad input gets place, reason and remedy, all problems at once; good input loads fast."""

import re
import time
from pathlib import Path

import pytest
import yaml

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.model.loader import load_environment, load_system, system_file, systems
from quadrant_platform.model.schema.system import System

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
EXPECTED = re.compile(r"# expect: (\d+): (.*)")
JARGON = ("pydantic", "Input should", "Value error", "type=", "validation error", "[key]", "function-after")


def refusal(file: Path) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as caught:
        load_system(file)
    return caught.value.problems


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_bad_input_gets_its_exact_places_and_messages(file: Path) -> None:
    expected = [f"{file}:{line}: {message}" for line, message in EXPECTED.findall(file.read_text())]
    assert expected, f"{file.name} needs a line `# expect: <line>: <message>` for each problem"
    assert [str(problem) for problem in refusal(file)] == expected, "a refusal names line, key path, reason and remedy"


def test_there_is_a_bad_file_for_every_kind_of_mistake() -> None:
    assert len(BAD) >= 45, "each kind of mistake has a file under tests/model/bad"


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_messages_are_free_of_the_validators_jargon(file: Path) -> None:
    for problem in refusal(file):
        assert not any(word in str(problem) for word in JARGON), f"{problem} is written for people"


def test_all_problems_of_a_file_are_reported_at_once_in_order() -> None:
    problems = refusal(Path(__file__).parent / "bad" / "all-at-once.yaml")
    lines = [problem.line for problem in problems]
    assert len(problems) == 6, "schema errors and dangling references come in one run"
    assert lines == sorted(lines), "a reader goes through the file once"


def test_an_entry_that_is_left_out_causes_no_further_problems() -> None:
    problems = refusal(Path(__file__).parent / "bad" / "all-at-once.yaml")
    reported = " ".join(str(problem) for problem in problems)
    assert "'api'" not in reported, "a row to an entry with errors of its own is not a second mistake"
    assert "'token'" not in reported, "what an entry with errors uses is not unused"


def test_a_misspelt_section_hides_its_names_from_all_checks(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "name: shop\n"
        "servics:\n  api: {segment: backend, image: shop/api:1.0.0, ports: {http: 3000}}\n"
        "flows:\n  - {from: api, to: other, why: calls it}\n"
    )
    assert [problem.path for problem in refusal(file)] == [("servics",)], "the section is the only mistake"


@pytest.mark.parametrize("name", systems())
def test_every_shipped_system_loads(name: str) -> None:
    assert load_system(system_file(name)).name == name, "a shipped system has no problems"


@pytest.mark.parametrize("name", systems())
def test_every_shipped_system_fits_its_stacks(name: str) -> None:
    system = load_system(system_file(name))
    root = Path(__file__).parents[2]
    for stage in ("dev", "prod"):
        file = root / (f"Pulumi.{stage}.yaml" if name == "motovault" else f"Pulumi.{name}-{stage}.yaml")
        overrides = yaml.safe_load(file.read_text())["config"].get("quadrant:overrides", {})
        assert load_environment(stage, overrides, file, system).name == stage, f"{file.name} fits {name}"


def test_an_unknown_system_gets_the_nearest_name() -> None:
    with pytest.raises(BadInput, match="did you mean 'motovault'"):
        system_file("motovalt")


def test_a_system_has_the_name_of_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "shop" / "system.yaml"
    file.parent.mkdir()
    file.write_text("name: market\n", encoding="utf-8")
    (problem,) = refusal(file)
    assert "is called 'market' and its folder 'shop'" in problem.what, "a system is found by its folder"
    assert problem.remedy == "write `name: shop` or rename the folder to market", "either of them can be mended"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("# nothing\n")
    assert "expected a mapping" in str(refusal(file)[0]), "a system has at least a name"


@pytest.mark.demand("OBS-03")
def test_debug_is_a_log_level_of_dev_only() -> None:
    for level in ("ERROR", "WARN", "INFO", "DEBUG"):
        assert load_environment("dev", {"logLevel": level}).log_level == level, f"{level} is a level of dev"
    with pytest.raises(BadInput, match="logLevel DEBUG is for dev; use ERROR, WARN or INFO in prod"):
        load_environment("prod", {"logLevel": "DEBUG"})
    with pytest.raises(BadInput, match="did you mean 'INFO'"):
        load_environment("prod", {"logLevel": "INFOS"})


def synthetic(services: int, rows: int) -> str:
    """Return a system whose services call one another."""
    one = {"segment": "backend", "image": "shop/api:1.0.0", "ports": {"http": 3000}}
    pairs = [(index % services, (index * 7 + 1 + index // services) % services) for index in range(rows)]
    flows = [{"from": f"s{a}", "to": f"s{b}", "ports": ["http"], "why": "calls it"} for a, b in pairs if a != b]
    system = {"name": "big", "services": {f"s{index}": one for index in range(services)}, "flows": flows}
    return yaml.dump(system, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))


def test_a_system_of_1000_services_and_5000_rows_loads_within_seconds(tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    file.write_text(synthetic(1000, 5000))
    start = time.process_time()
    system = load_system(file)
    spent = time.process_time() - start
    assert isinstance(system, System), "it loads"
    assert spent < 10, f"{spent:.1f} s of processor time; loading is linear in the size of the file"


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "agents.yaml"
    text = system_file("agents").read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    first = load_system(file)
    assert load_system(file) is first, "an unchanged file is parsed once"
    file.write_text(text.replace(f"title: {first.title}", "title: Another"), encoding="utf-8")
    assert load_system(file).title == "Another", "a command that watches a file must see the change"

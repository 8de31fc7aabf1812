"""A stack's configuration is its file, laid over the bare preset."""

import json
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.loader import systems
from quadrant_platform.program import stacks
from quadrant_platform.program.stacks import STAGES, config_for, installation, recorded, stack_name, system_of
from tests.stacks import unknowns

NAMED = "config:\n  quadrant:system: agents\n  quadrant:environment: dev\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stacks, "ROOT", tmp_path)
    return tmp_path


def test_the_principal_system_has_the_plain_stacks() -> None:
    assert stack_name("motovault", "prod") == "prod", "it came first"
    assert stack_name("carbon254", "prod") == "carbon254-prod", "all others carry the system's name"


@pytest.mark.usefixtures("root")
def test_a_stack_without_a_file_is_the_bare_preset() -> None:
    assert config_for("agents", "prod") == {"quadrant:system": "agents", "quadrant:environment": "prod"}, (
        "both settings follow from the stack's name"
    )


def test_objects_and_truth_values_become_text_as_the_engine_passes_them(root: Path) -> None:
    text = f"{NAMED}  quadrant:overrides: {{spot: true}}\n  other:flag: true\n  other:word: plain\n"
    (root / "Pulumi.agents-dev.yaml").write_text(text, encoding="utf-8")
    config = config_for("agents", "dev")
    assert json.loads(config["quadrant:overrides"]) == {"spot": True}, "an object is JSON"
    assert (config["other:flag"], config["other:word"]) == ("true", "plain"), (
        "a truth value is JSON too, and text is itself"
    )


@pytest.mark.parametrize(
    ("system", "stage", "remedy"),
    [("motovalt", "dev", "did you mean 'motovault'"), ("agents", "prd", "did you mean 'prod'"), ("x", "dev", "agents")],
)
def test_a_name_that_does_not_exist_is_bad_input(system: str, stage: str, remedy: str) -> None:
    with pytest.raises(BadInput, match=remedy):
        config_for(system, stage)


@pytest.mark.parametrize(("text", "place"), [("config: [\n", "yaml:2"), ("setings: {}\n", "holds a mapping `config`")])
def test_a_broken_stack_file_is_bad_input_with_its_place(root: Path, text: str, place: str) -> None:
    (root / "Pulumi.agents-dev.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=place):
        config_for("agents", "dev")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("config:\n  quadrant:environment: dev\n", ["1: config: 'quadrant:system' is missing; add"]),
        ("config:\n  quadrant:system: agents\n", ["1: config: 'quadrant:environment' is missing; add"]),
        (NAMED.replace("agents", "carbon254"), ["2: config.quadrant:system: the file of agents dev names 'carbon254'"]),
        (NAMED.replace("dev", "prod"), ["3: config.quadrant:environment: the file of agents dev names 'prod'"]),
        (
            "config:\n  quadrant:system: agnts\n  quadrant:environment: dve\n  quadrant:overides: {}\n",
            ["2: config.quadrant:system: there is no system 'agnts'; did you mean 'agents'?", "3:", "4:"],
        ),
        (f"{NAMED}  quadrant:overides: {{}}\n", ["unknown setting 'quadrant:overides'", "mean 'quadrant:overrides'?"]),
    ],
    ids=["no system", "no environment", "another system", "another stage", "all at once", "misspelt setting"],
)
def test_a_stack_file_has_what_pulumi_reads_in_it(root: Path, text: str, parts: list[str]) -> None:
    (root / "Pulumi.agents-dev.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        config_for("agents", "dev")
    assert [part for part in parts if part not in str(caught.value)] == [], "each mistake has its line and remedy"


def own(root: Path, text: str, name: str = "alice") -> None:
    (root / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")


def test_a_stack_of_ones_own_is_found_by_the_name_of_its_file(root: Path) -> None:
    own(root, NAMED)
    assert system_of("alice") == "agents", "the file says it, so no option needs to"
    assert stack_name("agents", "alice") == "alice", "pulumi knows it by this name"
    assert config_for("agents", "alice") == {"quadrant:system": "agents", "quadrant:environment": "dev"}, "its settings"


def test_a_stack_of_ones_own_begins_with_the_engine_s_preset(root: Path) -> None:
    own(root, "config: {quadrant:system: agents}\n")
    assert config_for("agents", "alice")["quadrant:environment"] == "dev", "as the program takes it without the setting"


def test_a_stack_of_a_stage_is_found_by_its_full_name_too(root: Path) -> None:
    assert config_for("agents", "agents-prod")["quadrant:environment"] == "prod", "that is its name in messages"
    own(root, NAMED.replace("dev", "prod"), "agents-dev")
    with pytest.raises(BadInput, match="rename the file"):
        config_for("agents", "agents-dev")


def test_a_stack_without_a_file_is_told_how_to_make_one(root: Path) -> None:
    own(root, NAMED)
    with pytest.raises(BadInput) as caught:
        config_for("agents", "team-seven")
    text = str(caught.value)
    assert "the file Pulumi.team-seven.yaml does not exist; known here: alice" in text, "what is there"
    assert "`pulumi stack init team-seven`" in text, "and how to begin"
    with pytest.raises(BadInput, match="did you mean 'alice'"):
        system_of("alcie")


def test_a_stack_of_another_system_is_refused_with_the_line(root: Path) -> None:
    own(root, NAMED)
    with pytest.raises(BadInput, match=r"yaml:2: .* names 'agents'; write 'motovault', or leave out --system"):
        config_for("motovault", "alice")


def test_a_file_without_a_system_is_told_its_line(root: Path) -> None:
    own(root, "config: {quadrant:environment: dev}\n")
    with pytest.raises(BadInput, match="yaml:1: config: 'quadrant:system' is missing"):
        system_of("alice")


def test_an_installation_has_the_prefix_of_its_stack(root: Path) -> None:
    own(root, f"{NAMED}  quadrant:overrides: {{namespacePrefix: alice-}}\n")
    assert installation("agents", "alice") == "alice-agents", "two installations of a system have two names"
    assert installation("agents", "dev") == "agents", "without a prefix it is the system's own"


@pytest.mark.parametrize("system", systems())
@pytest.mark.parametrize("stage", STAGES)
def test_every_shipped_stack_is_recorded_and_needs_no_value_of_a_provider(system: str, stage: str) -> None:
    unknown = {path for _, path in unknowns(recorded(system, stage, unknown=True))}
    prints = {"spec.template.metadata.annotations.quadrant.dev/secrets"}
    assert unknown <= prints, "a preview could not judge such an object; a fingerprint of secrets judges nobody"

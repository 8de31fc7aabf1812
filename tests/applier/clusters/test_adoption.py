"""A cluster is written into the stack's file without touching the rest of it."""

from pathlib import Path

import pytest
import yaml

from quadrant_platform.applier.clusters.adoption import adopt, inserted
from quadrant_platform.model.stack_file import CONTEXT, KUBECONFIG

NAMED = {KUBECONFIG: "/k/config", CONTEXT: "blue"}


def test_settings_are_added_and_comments_stay() -> None:
    text = "# ours\nconfig:  # all\n    quadrant:system: shop  # the shop\nencryptionsalt: v1:x\n"
    fresh = inserted(text, NAMED)
    assert yaml.safe_load(fresh)["config"] == {"quadrant:system": "shop", **NAMED}, "in the mapping that is there"
    assert yaml.safe_load(fresh)["encryptionsalt"] == "v1:x", "the engine's own part stays"
    assert "# ours" in fresh, "comments are a person's work"
    assert "# the shop" in fresh, "those at the end of a line too"


def test_a_setting_that_is_there_changes_in_place() -> None:
    once = inserted("config:\n  quadrant:system: shop\n", NAMED)
    twice = inserted(once, {**NAMED, KUBECONFIG: "/other"})
    assert yaml.safe_load(twice)["config"]["quadrant:kubeconfig"] == "/other", "the new one counts"
    assert twice.count("quadrant:kubeconfig") == 1, "YAML takes no key twice"


def test_a_stack_without_a_file_gets_one(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.shop-dev.yaml"
    adopt(file, "shop", "dev", NAMED)
    config = yaml.safe_load(file.read_text())["config"]
    assert config == {"quadrant:system": "shop", "quadrant:environment": "dev", **NAMED}, "with all that it must name"
    assert [path.name for path in tmp_path.iterdir()] == [file.name], "nothing is left beside it"


@pytest.mark.parametrize("context", ["a: b", "on", "12", "#x", "arn:aws:eks:eu-1:1:cluster/x", "it's"])
def test_a_value_is_read_back_as_it_was(context: str) -> None:
    fresh = inserted("config:\n  a: b\n", {"quadrant:context": context})
    assert yaml.safe_load(fresh)["config"]["quadrant:context"] == context, "quoted where YAML would take it otherwise"

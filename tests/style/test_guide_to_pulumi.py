"""The page about pulumi says why a command of it is not run, and its pipeline is one."""

import re

import yaml

from tests.style.sources import ROOT

PAGE = (ROOT / "docs" / "pulumi.md").read_text(encoding="utf-8")
OPENED = re.compile(r"^```(sh|yaml)(.*)$", re.MULTILINE)


def test_a_block_that_is_not_run_says_why() -> None:
    reasons = [rest.strip() for kind, rest in OPENED.findall(PAGE) if kind == "sh" and rest]
    assert reasons, "some commands need an account elsewhere"
    assert all(re.match(r"not run: .{10}", reason) for reason in reasons), f"{reasons}: the harness skips these"


def test_the_pipeline_uses_the_pinned_actions_of_our_own() -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    steps = yaml.safe_load(text)["jobs"]["platform"]["steps"]
    ours = "".join(file.read_text("utf-8") for file in (ROOT / ".github" / "workflows").glob("*.yaml"))
    used = re.findall(r"uses: (\S+ # v[\d.]+)", text)
    assert len(used) == len([step for step in steps if "uses" in step]), "each is pinned, with its version beside"
    assert all(one in ours for one in used), f"{used}: an update must not forget a place"
    version = re.search(r'"pulumi==([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert version, "the SDK is pinned"
    assert f"pulumi-version: {version[1]}}}" in text, "engine and SDK are tested together"

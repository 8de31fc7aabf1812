"""Every policy has a page with all that a user needs, and an index lists them all."""

import re

from quadrant_platform.policies.pack import POLICIES
from tools.docs.corpus import cases
from tools.docs.policy_pages import FOLDER, index, numbers, pages

PAGES = dict(pages())
WITHOUT_EXAMPLES = {"exemptions"}


def test_every_policy_has_a_number_of_its_own() -> None:
    assert sorted(numbers().values()) == list(range(1, len(POLICIES) + 1)), "people speak of policies by number"
    assert numbers()["no-privileged"] == 1, "the Pod Security Standards come first"
    assert numbers().keys() == POLICIES.keys(), "and none is left out"


def test_the_index_lists_every_policy_with_level_and_severity() -> None:
    lines = index(POLICIES).splitlines()
    for name, policy in POLICIES.items():
        found = [line for line in lines if f"[{name}]({name}.md)" in line]
        assert len(found) == 1, f"{name} is listed once"
        assert f"| {policy.level.value} | {policy.severity.value} |" in found[0], f"{name} is listed with its level"


def test_every_page_has_a_reason_and_a_remedy() -> None:
    for name, policy in POLICIES.items():
        text = PAGES[f"{FOLDER}/{name}.md"]
        assert policy.why in text, f"the page of {name} gives the reason"
        assert policy.remedy in text, f"the page of {name} gives the remedy"
        assert "## Configuration" in text, f"the page of {name} explains its configuration"


def test_every_page_shows_what_fails_and_what_passes() -> None:
    for name in POLICIES.keys() - WITHOUT_EXAMPLES:
        text = PAGES[f"{FOLDER}/{name}.md"]
        assert re.search(r"## Fails\n.*## Passes\n", text, re.DOTALL), f"the page of {name} shows both"
        assert "```yaml\n" in text, f"the page of {name} shows a manifest"


def test_every_manifest_of_the_corpus_is_linked_from_its_page() -> None:
    for case in cases():
        if case.policy in POLICIES:
            text = PAGES[f"{FOLDER}/{case.policy}.md"]
            assert f"corpus/{case.policy}/{case.path.name}" in text, f"{case.name} is an example of its policy"


def test_switches_are_shown_with_their_defaults() -> None:
    text = PAGES[f"{FOLDER}/pinned-by-tag-and-digest.md"]
    assert "| `requireDigest` | `false` |" in text, "a disputed default is a switch, and the page names it"
    shared = PAGES[f"{FOLDER}/one-entry-one-exit.md"]
    assert "Under `public-surface`, together with" in shared, "policies on stacks are configured by their group"

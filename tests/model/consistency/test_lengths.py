"""Files that no object can hold, and names that nothing can resolve, are refused before they are applied."""

from __future__ import annotations

import pytest

from quadrant_platform.documents.problems import Problem
from quadrant_platform.model.consistency import problems_of, problems_of_environment, problems_with
from quadrant_platform.model.schema.types import Stage
from tests.components.sample import Changes, environment, shop

KEPT = 1048576
"""What the API server takes as the data of a ConfigMap or a Secret, by its own message."""


COMPOSED = {"compose": "x" * (KEPT + 1)}


def half(more: int) -> str:
    return "é" * (KEPT // 4) + "x" * more


def too_big(changes: Changes) -> list[Problem]:
    return [problem for problem in problems_of(shop(changes)) if "Kubernetes takes" in problem.what]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"configs": {"flags": {"content": "x" * (KEPT + 1)}}}, "configs.flags.content"),
        ({"configs": {"flags": {"content": half(0) + half(1)}}}, "configs.flags.content"),
        ({"jobs": {"migrate": {"files": {"schema.sql": half(0), "b.sql": half(1)}}}}, "jobs.migrate.files"),
        ({"databases": {"events-db": {"settings": "#" * (KEPT + 1)}}}, "databases.events-db.settings"),
        ({"secrets": {"orders-url": {"keys": {"url": COMPOSED}}}}, "secrets.orders-url.keys"),
    ],
    ids=["one file", "counted in bytes", "two files of a job", "a server's settings", "a composed secret"],
)  # fmt: skip
def test_what_becomes_one_object_fits_into_it(changes: Changes, path: str) -> None:
    found = too_big(changes)
    assert [".".join(map(str, problem.path)) for problem in found] == [path], "at the key that says the text"
    assert f"{KEPT + 1} bytes" in found[0].what, "with its size"


def test_a_file_of_just_the_limit_is_taken() -> None:
    assert not too_big({"configs": {"flags": {"content": "x" * KEPT}}}), "the API server takes it too"


def test_a_search_line_has_room_for_the_domains_of_a_node() -> None:
    domain = {"network": {"clusterDomain": "a-cluster-of-a-long-domain.example.internal"}}
    for stage in Stage:
        [found] = [one for one in problems_with(shop(), environment(stage, domain)) if "pods search" in one.what]
        assert found.path == ("network", "clusterDomain"), f"{stage}: the key that made it long"
    assert not [one for one in problems_with(shop(), environment("prod")) if "search" in one.what], "the usual fits"


def test_a_long_prefix_is_named_where_it_makes_the_line_too_long() -> None:
    prefix = {"namespacePrefix": "an-installation-of-forty-characters-and-"}
    found = [one for one in problems_with(shop(), environment("dev", prefix)) if "pods search" in one.what]
    assert [one.path for one in found] == [("namespacePrefix",)], "the prefix is in it four times"


@pytest.mark.parametrize("labels", [{"release": "no value"}, {"a key": "x"}, {"quadrant.dev/segment": "backend"}])
def test_labels_of_monitors_are_labels(labels: dict[str, str]) -> None:
    wanted = environment("prod", {"monitoring": {"labels": labels}, "publishing": {"issuer": "acme"}})
    [found] = problems_of_environment(wanted, Stage.PROD)
    assert found.path == ("monitoring", "labels", *labels), "at the label"


@pytest.mark.parametrize("key", ["acmeServer", "acmeEmail", "dnsChallenge"])
def test_settings_of_a_signer_that_does_not_sign_are_refused(key: str) -> None:
    value = {"route53": {}} if key == "dnsChallenge" else "https://acme.example.com"
    [found] = problems_of_environment(environment("dev", {"publishing": {key: value}}), Stage.DEV)
    assert found.path == ("publishing", key), "our own authority signs"

"""Objects that make others, which no policy reads."""

from __future__ import annotations

import pytest

from tests.policies.builders import Manifest, obj
from tests.policies.cases import ObjectCase
from tests.policies.judging import engine_rules, rules


def versioned(version: str, kind: str) -> Manifest:
    return obj(version, kind, "x")


OBJECTS = (
    ObjectCase(versioned("helm.sh/v3", "Release"), ("no-opaque-resources/release",)),
    ObjectCase(versioned("helm.toolkit.fluxcd.io/v2", "HelmRelease"), ("no-opaque-resources/release",)),
    ObjectCase(versioned("helm.cattle.io/v1", "HelmChart"), ("no-opaque-resources/release",)),
    ObjectCase(versioned("yaml/v2", "ConfigFile"), ("no-opaque-resources/file",)),
    ObjectCase(versioned("databases.example.com/v1", "Postgres"), ("no-opaque-resources/custom",)),
    ObjectCase(versioned("external-secrets.io/v1", "SecretStore")),
)


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_breaks_exactly_its_rules(case: ObjectCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"
    assert engine_rules(case.manifest) == case.rules, "the engine sees the same"

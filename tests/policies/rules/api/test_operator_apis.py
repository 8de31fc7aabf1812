"""Fields of operators' resources that a newer release renamed, or takes and never reads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.builders import obj
from tests.policies.judging import found_in


def messages(**spec: Any) -> list[str]:
    return [
        one.message for one in found_in([obj("traefik.io/v1alpha1", "Middleware", "m", spec=spec)], "operator-apis")
    ]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"ipWhiteList": {"sourceRange": ["192.0.2.0/24"]}}, "spec.ipWhiteList is the old name of ipAllowList"),
        ({"headers": {"sslRedirect": True}}, "Traefik 3 ignores spec.headers.sslRedirect; use redirectScheme"),
        ({"headers": {"featurePolicy": "camera"}}, "Traefik 3 ignores spec.headers.featurePolicy"),
        ({"forwardAuth": {"tls": {"caOptional": True}}}, "Traefik 3 ignores spec.forwardAuth.tls.caOptional"),
    ],
)
def test_a_word_of_traefik_2_is_told_with_what_became_of_it(spec: dict[str, Any], said: str) -> None:
    [found] = messages(**spec)
    assert said in found, "whether it still acts, and what to write"


def test_the_words_of_traefik_3_are_no_finding() -> None:
    assert not messages(headers={"permissionsPolicy": "camera=()"}), "the field that is read"

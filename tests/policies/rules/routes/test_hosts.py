"""Public routes name their hosts, and lead somewhere."""

from __future__ import annotations

import pytest

from tests.policies.consistent import Change, ingress, tidy
from tests.policies.judging import consistency

BACKEND = "spec/rules/0/http/paths/0/backend/service"
CHANGES = (
    Change("host-hygiene/host", "an Ingress for every host", "Ingress", "spec/rules/0/host"),
    Change("host-hygiene/wildcard", "an Ingress for a whole domain", "Ingress", "spec/rules/0/host", "*.example.com"),
    Change("host-hygiene/backend", "an Ingress that leads nowhere", "Ingress", f"{BACKEND}/name", "apy"),
    Change("host-hygiene/backend-port", "an Ingress to a missing port", "Ingress", f"{BACKEND}/port",
           {"number": 8080}),
    Change("host-hygiene/taken", "two Ingresses for one host and path", added=ingress("other")),
    Change("", "one host in two classes", added=ingress("other", ingressClassName="internal")),
    Change("", "two Ingresses for two hosts", added=ingress("other", "www.example.com")),
    Change("host-hygiene/host", "an Ingress for whatever is left", "Ingress", "spec/defaultBackend",
           {"service": {"name": "api", "port": {"number": 80}}}),
)  # fmt: skip


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about

"""What is near is reached without a proxy, whatever the user excepts beside it."""

import pytest

from quadrant_platform.host.proxies import VARIABLES, exceptions


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without exceptions."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_what_is_near_follows_what_the_user_excepts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example.com, 192.0.2.0/24")
    monkeypatch.setenv("no_proxy", "intranet.example.com,other.example.com,")
    expected = "intranet.example.com,192.0.2.0/24,other.example.com,10.0.0.1"
    assert exceptions(["10.0.0.1"]) == {"NO_PROXY": expected, "no_proxy": expected}, "each once, in both spellings"


def test_an_exception_of_everything_stays_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    assert exceptions(["10.0.0.1"])["NO_PROXY"] == "*", "followed by others, some programs take the star for a name"

"""pinky-promise: who may call the API, and the source of the key that proves it."""

import re

import pytest

from tests.demands.rendered import STAGES, manifests, named, secret_files, settings
from tests.demands.variants import with_settings
from tests.stacks import Manifest

SYSTEM = "pinky-promise"
OPEN = ["/api/auth", "/api/health", "/api/promises"]


def prefixes(route: Manifest) -> list[str]:
    """The paths of a route, each of which stands for all below it."""
    return re.findall(r"Path\(`([^`]+)`\)", route["match"])


def asked(stack: list[Manifest], route: Manifest) -> bool:
    """Whether a route to the backend asks for a token first."""
    here = [one for one in stack if one["metadata"].get("namespace") == "pinky-promise-backend"]
    used = [named(here, "Middleware", one["name"]) for one in route["middlewares"]]
    return any("forwardAuth" in one["spec"] for one in used)


@STAGES
@pytest.mark.demand("SEC-18")
def test_the_api_asks_for_a_token(stage: str) -> None:
    stack = manifests(SYSTEM, stage)
    routes = [route for one in stack if one["kind"] == "IngressRoute" for route in one["spec"]["routes"]]
    api = [route for route in routes if any(path.startswith("/api") for path in prefixes(route))]
    guarded = [path for route in api if asked(stack, route) for path in prefixes(route)]
    unguarded = [path for route in api if not asked(stack, route) for path in prefixes(route)]
    assert guarded == ["/api"], "whatever has no route of its own is refused without a token"
    assert unguarded == OPEN, "sign-in, health and public reading happen before there is one"


@STAGES
@pytest.mark.demand("SEC-18")
def test_the_backend_judges_tokens(stage: str) -> None:
    spec = named(manifests(SYSTEM, stage), "Middleware", "jwt")["spec"]["forwardAuth"]
    assert spec["address"] == "http://backend:5001/auth/verify", "Traefik asks the service that issued them"
    assert spec["authResponseHeaders"] == ["X-Auth-User", "X-Auth-Roles"], "and passes on the user and its rights"


@STAGES
@pytest.mark.demand("SEC-18")
def test_the_key_of_tokens_comes_from_the_secret_store(stage: str) -> None:
    """In dev, which generates its values, the store is one setting away."""
    assert secret_files(SYSTEM, stage, "backend")["jwt-secret"] == "jwt-secret", "it is a file of the backend's"
    assert settings(SYSTEM, stage, "backend")["auth"]["jwt_secret_file"] == "/run/secrets/jwt-secret", "known to it"
    stack = manifests(SYSTEM, "prod") if stage == "prod" else with_settings(SYSTEM, "dev", secrets="vault")
    spec = named(stack, "ExternalSecret", "jwt-secret")["spec"]
    assert spec["secretStoreRef"]["kind"] == "SecretStore", "an entry of the vault"
    assert spec["data"][0]["remoteRef"]["key"] == "pinky-promise/app/jwt-secret", "of this system"

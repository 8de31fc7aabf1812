"""The sample finds in a service's files what the service would call, and nothing of others'."""

import pytest

from quadrant_platform.lab.sample.dependencies import Dependency, dependencies
from quadrant_platform.lab.sample.invocation import Files, Settings
from tests.lab.sample.files import found, planned, settings
from tests.stacks import STACKS, SYSTEMS


def settings_for(**calls: str) -> Settings:
    return Settings("shop", {"http": 8080}, 8080, "/metrics", (), (), calls, "", 0, 30)


def one(config: object, *, secrets: dict[str, str] | None = None, **calls: str) -> Dependency:
    (dependency,) = dependencies(Files(config, secrets or {}), settings_for(**calls))
    return dependency


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_the_files_of_every_service_name_each_host_that_its_rows_lead_to(system: str, stage: str) -> None:
    plan = planned(system, stage)
    for name, service in plan.system.services.items():
        options = settings(plan, name)
        named = {dependency.host for dependency in dependencies(found(plan, service), options)}
        assert named == set(options.calls), f"{name} in {system} {stage} is configured for exactly what it may call"


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_server_with_accounts_comes_with_its_password(system: str) -> None:
    plan = planned(system, "dev")
    for name, service in plan.system.services.items():
        for dependency in dependencies(found(plan, service), settings(plan, name)):
            if dependency.kind in ("postgresql", "redis", "sentinel"):
                assert dependency.login["password"].startswith("value-of-"), f"{name} logs in to {dependency.host}"


def test_a_migration_knows_its_database_and_password() -> None:
    plan = planned("motovault", "dev")
    (database,) = dependencies(found(plan, plan.system.jobs["admin-migrations"]), settings(plan, "admin-migrations"))
    assert (database.host, database.kind) == ("admin-postgres", "postgresql"), "the one row of the job"
    assert database.login["password"] == "value-of-postgres-password", "read from the file that it mounts"


def test_sentinels_are_asked_for_the_master_by_its_name() -> None:
    config = {"redis": {"sentinels": ["one:26379", "two:26379"], "master": "main", "password_file": "/s/pass"}}
    dependency = one(config, secrets={"pass": "x"}, main="")
    assert (dependency.host, dependency.kind) == ("main", "sentinel"), "the Sentinels have the address"
    assert dependency.sentinels == (("one", 26379), ("two", 26379)), "any of them may be down"
    assert dependency.login["password"] == "x", "from the file that the configuration names"


def test_a_password_of_the_arguments_is_a_files_content() -> None:
    config = {"database": {"host": "db", "port": 5432, "name": "shop", "user": "clerk"}}
    assert one(config, secrets={"file": "x"}, db="file").login == {
        "user": "clerk",
        "dbname": "shop",
        "password": "x",
    }, "libpq's keywords for the configuration's keys"


def test_a_url_of_a_database_is_a_secret_of_its_own() -> None:
    dependency = one(None, secrets={"url": "postgresql://clerk:a%40b@pool:6432/shop?sslmode=require"}, pool="")
    assert dependency.port == 6432, "the pooler's port"
    assert dependency.login["password"] == "a@b", "escapes of URLs are undone"
    assert dependency.login["sslmode"] == "require", "encryption is as the URL wants it"


def test_a_connection_string_of_net_is_understood() -> None:
    text = "Host=db;Port=5432;Database=shop;Username=clerk;Password=x;SSL Mode=Require;Maximum Pool Size=100"
    dependency = one(None, secrets={"connection": text}, db="")
    expected = {"dbname": "shop", "user": "clerk", "password": "x", "sslmode": "require"}
    assert dependency.login == expected, "libpq's words, without the pool's"


@pytest.mark.parametrize("text", ["https://api.example.com", "api:x", "vehicle:{id}:*", "", "postgresql://other/x"])
def test_what_may_not_be_called_or_is_no_address_is_left_alone(text: str) -> None:
    files = Files({"audience": "https://api.example.com", "value": text}, {"other": text})
    assert not dependencies(files, settings_for(shop="")), "files are shared and name much else"


def test_an_identifier_that_looks_like_a_url_is_not_called() -> None:
    files = Files({"audience": "https://api.example.com"}, {})
    assert not dependencies(files, settings_for(**{"api.example.com": ""})), "an audience is compared, not called"


def test_secrets_stay_out_of_the_text_of_a_dependency() -> None:
    dependency = one(None, secrets={"url": "postgresql://clerk:hush@db:5432/shop"}, db="")
    assert "hush" not in repr(dependency), "a trace shows its arguments"

"""The life of one stack under the real engine: each test begins where the one before it ended."""

import json
from pathlib import Path

import pytest

from tests.engine.conftest import Serve
from tests.engine.engine import new_engine
from tests.engine.life import Life
from tests.engine.surroundings import prepare

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def life(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Motovault in dev, applied once."""
    server, engine = serve("life"), new_engine(tmp_path_factory.mktemp("life"))
    prepare(server, "motovault", "dev")
    found = Life.begun(engine, server, "motovault", "dev")
    found.up()
    return found


def test_a_second_up_changes_nothing(life: Life) -> None:
    before = life.versions()
    assert life.up().changes == {}, "a team runs `up` again and again"
    assert life.versions() == before, "the cluster itself saw no write"


def test_a_refresh_finds_what_was_applied(life: Life) -> None:
    done = life.engine.pulumi("refresh", "--yes", "--expect-no-changes", "--stack", life.stack)
    assert done.code == 0, f"the record differs from the cluster right after `up`:\n{done.tail}"


def test_outputs_tell_others_what_stands(life: Life) -> None:
    outputs = json.loads(life.engine.need("pulumi", "stack", "output", "--json", "--stack", life.stack))
    ours = life.server.kubectl.objects("get", "namespaces", "-l", "quadrant.dev/system=motovault")
    assert sorted(outputs["namespaces"]) == sorted(one["metadata"]["name"] for one in ours), "as the cluster has them"
    assert any("admin.motovaultpro.com" in url for url in outputs["urls"]), "a user wants to know where to look"


def test_drift_is_shown_and_taken_back(life: Life) -> None:
    kubectl, place = life.server.kubectl, ("-n", "motovault-frontend")
    kubectl.need("scale", "deployment/mvp-platform-landing", "--replicas=3", *place)
    kubectl.need("set", "image", "deployment/mvp-platform-landing", "*=example.org/other:1", *place)
    kubectl.need("delete", "networkpolicy", "default-deny", *place)

    shown = life.engine.pulumi("preview", "--refresh", "--diff", "--stack", life.stack)
    assert shown.code == 0, f"drift stops no preview:\n{shown.tail}"
    assert "example.org/other:1" in shown.text, f"what others changed is shown:\n{shown.tail}"
    assert life.up("--refresh").changes, "it is taken back"
    landing = life.one("deployment", "motovault-frontend", "mvp-platform-landing")
    images = [container["image"] for container in landing["spec"]["template"]["spec"]["containers"]]
    assert images == ["motovaultpro/mvp-platform-landing:1.0.0"], "the declared image runs again"
    assert landing["spec"]["replicas"] == 1, "in the declared number"
    assert life.one("networkpolicy", "motovault-frontend", "default-deny"), "and the namespace is closed again"
    assert life.up("--refresh").changes == {}, "once"


def test_a_moved_kubeconfig_changes_nothing(life: Life, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "config"
    moved.parent.mkdir()
    moved.write_text(life.server.kubeconfig.read_text("utf-8"), "utf-8")
    life.engine.need("pulumi", "config", "set", "quadrant:kubeconfig", str(moved), "--stack", life.stack)
    before = life.versions()
    done = life.up("--refresh")
    assert "replace" not in done.changes, f"the same cluster, reached by another file: {done.changes}"
    assert life.versions() == before, "no object was written"


def test_another_cluster_is_never_taken_for_this_one(life: Life, serve: Serve) -> None:
    other = serve("dev")
    life.configure("quadrant:kubeconfig", str(other.kubeconfig))
    done = life.engine.pulumi("preview", "--stack", life.stack)
    life.configure("quadrant:kubeconfig", str(life.server.kubeconfig))
    assert done.code != 0 or done.changes.get("replace", 0) > 100, (
        f"a preview that calls an empty cluster unchanged leads to an `up` that deploys nothing:\n{done.tail}"
    )
    assert life.up().changes.get("replace", 0) == 0, "the way back costs nothing"


def test_a_rotated_password_rolls_those_who_read_it_and_nobody_else(life: Life) -> None:
    before = life.templates()
    secret = life.one("secret", "motovault-backend", "postgres-password")["data"]
    (password,) = (
        one["urn"]
        for one in life.engine.exported(life.stack)
        if one["type"] == "random:index/randomPassword:RandomPassword" and "::postgres-password" in one["urn"]
    )
    life.up("--replace", password)
    assert life.one("secret", "motovault-backend", "postgres-password")["data"] != secret, "the password is another one"
    rolled = {key for key, template in life.templates().items() if template != before[key]}
    assert rolled == {("Deployment", "admin-backend"), ("StatefulSet", "admin-postgres")}, (
        f"what reads a password when it starts has to start: {rolled}"
    )


def test_storage_grows_in_place(life: Life) -> None:
    claim = life.one("pvc", "motovault-database", "data-admin-postgres-0")
    database = life.one("statefulset", "motovault-database", "admin-postgres")
    life.override("storageLimit", "2Gi")
    done = life.up()
    assert not done.changes.keys() & {"replace", "delete", "create"}, (
        f"a claim that is replaced is lost: {done.changes}"
    )
    grown = life.one("pvc", "motovault-database", "data-admin-postgres-0")
    assert grown["spec"]["resources"]["requests"]["storage"] == "2Gi", "the claim asks for more"
    assert grown["metadata"]["uid"] == claim["metadata"]["uid"], "and is the one that holds the data"
    after = life.one("statefulset", "motovault-database", "admin-postgres")
    assert after["metadata"]["uid"] == database["metadata"]["uid"], "the database was not made anew"
    life.unchanged()


def test_storage_that_would_shrink_is_refused_before_anything_changes(life: Life) -> None:
    before = life.versions()
    life.override("storageLimit", "1Gi")
    done = life.engine.pulumi("up", "--yes", "--skip-preview", "--stack", life.stack)
    life.override("storageLimit", "2Gi")
    assert done.code != 0, f"a volume never shrinks:\n{done.tail}"
    assert "data-admin-postgres-0" in done.text, f"the message names the claim:\n{done.tail}"
    assert life.versions() == before, "nothing was changed"


def test_an_update_of_each_kind_of_field_is_applied(life: Life) -> None:
    life.edit("admin-frontend:1.0.0", "admin-frontend:1.0.1")
    life.edit("env: {NODE_ENV: production, SECRETS_DIR: /run/secrets}\n    config: [app]\n    secrets:\n",
              "env: {NODE_ENV: staging, SECRETS_DIR: /run/secrets}\n    config: [app]\n    secrets:\n")  # fmt: skip
    life.edit("resources: {tier: 3}", "resources: {tier: 2}")
    life.edit("audience: https://api.motovaultpro.com", "audience: https://api.motovaultpro.example")
    life.edit("host: motovaultpro.com\n", "host: www.motovaultpro.com\n")
    life.edit("average: 20, period: 1m, burst: 10", "average: 30, period: 1m, burst: 15")
    life.edit('schedule: "0 2 * * *"\n    command', 'schedule: "30 3 * * *"\n    command')
    life.edit("purpose: public-traffic-only", "purpose: public-traffic")
    life.edit("ports: {http: 8000, metrics: 9464}", "ports: {http: 8000, metrics: 9465}")
    life.edit("path: motovault/app/minio-access-key, length: 20", "path: motovault/app/minio-access-key, length: 24")
    life.edit("hold: 2m", "hold: 3m")
    life.edit(
        "  - {from: admin-migrations, to: admin-postgres,",
        "  - {from: admin-frontend, to: admin-backend, ports: [3001], why: server-side rendering}\n"
        "  - {from: admin-migrations, to: admin-postgres,",
    )
    done = life.up()
    assert done.changes["update"] > 10, f"each of them is applied: {done.changes}"
    schedule = life.one("cronjob", "motovault-platform", "platform-backup")["spec"]["schedule"]
    assert schedule == "30 3 * * *", "the cluster has the new value"
    life.unchanged()


def test_a_renamed_service_is_made_anew_and_the_old_one_goes(life: Life) -> None:
    life.edit("mvp-platform-landing", "mvp-platform-site")
    done = life.up()
    assert done.changes["create"] == done.changes["delete"], f"one comes, one goes: {done.changes}"
    names = {one["metadata"]["name"] for one in life.objects()}
    assert "mvp-platform-site" in names, "the service runs under its new name"
    assert not [name for name in names if "mvp-platform-landing" in name], "nothing of the old name is left"
    life.unchanged()


def test_destroy_leaves_nothing_behind(life: Life) -> None:
    done = life.engine.pulumi("destroy", "--yes", "--skip-preview", "--stack", life.stack)
    assert done.code == 0, f"dev holds nothing back:\n{done.tail}"
    assert not life.engine.exported(life.stack), "the record is empty"
    left = [(one["kind"], one["metadata"]["name"]) for one in life.objects()]
    assert not left, f"the cluster still has {left}"

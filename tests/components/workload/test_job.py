"""Jobs: once a release or on a schedule, after their stores, with files and claims of their own."""

from quadrant_platform.components.base.component import Address
from quadrant_platform.components.workload.job import Job, JobInputs
from tests.components.sample import Manifest, kinds, main_container, one, planned, pod_spec

STORES = {"orders-db": Address("orders-db", 5432)}
KEPT: Manifest = {"volumes": {"dumps": {"path": "/dumps", "size": "5Gi", "persistent": True}}}


def built(name: str, stage: str = "prod", changes: Manifest | None = None) -> list[Manifest]:
    """The objects of a job of the shop."""
    some = planned(stage, {"jobs": {name: changes or {}}})
    return list(Job.manifests(JobInputs(some.jobs[name], STORES)))


def test_a_job_without_schedule_runs_once() -> None:
    found = built("migrate")
    assert kinds(found) == ["ServiceAccount", "ConfigMap", "Job"], "account, scripts, and the run"
    spec = one(found, "Job")["spec"]
    assert (spec["activeDeadlineSeconds"], spec["backoffLimit"]) == (600, 2), "its deadline and retries"
    assert pod_spec(one(found, "Job"))["restartPolicy"] == "OnFailure", "a failure is tried again"


def test_a_job_with_schedule_runs_in_its_own_timezone() -> None:
    spec = one(built("cleanup"), "CronJob")["spec"]
    assert (spec["schedule"], spec["timeZone"]) == ("0 2 * * *", "Europe/Berlin"), "two at night, also in summer"
    assert spec["concurrencyPolicy"] == "Forbid", "a slow run is not overtaken"
    assert spec["startingDeadlineSeconds"] == 300, "a missed run is not made up for hours later"


def test_a_job_of_another_stage_is_nothing() -> None:
    assert "cleanup" not in planned("dev").jobs, "dev does not run it"


def test_a_job_waits_for_its_stores() -> None:
    [wait] = pod_spec(one(built("migrate"), "Job"))["initContainers"]
    assert wait["name"] == "wait-for-orders-db", "the pod's status shows what it waits for"
    assert "nc -z -w 2 orders-db 5432" in wait["command"][-1], "until the port answers"
    assert wait["securityContext"]["readOnlyRootFilesystem"] is True, "restricted like all others"


def test_a_job_without_stores_waits_for_nothing() -> None:
    assert "initContainers" not in pod_spec(one(built("cleanup"), "CronJob")), "it starts at once"


def test_scripts_of_a_job_are_mounted_read_only() -> None:
    found = built("migrate")
    assert one(found, "ConfigMap")["data"] == {"schema.sql": "select 1;\n"}, "the declared files"
    [mount] = [m for m in main_container(one(found, "Job"))["volumeMounts"] if m["mountPath"] == "/scripts"]
    assert mount["readOnly"] is True, "a run does not change them"
    assert one(found, "ConfigMap")["metadata"]["name"] == "migrate-scripts", "beside the job"


def test_a_job_runs_its_declared_command() -> None:
    container = main_container(one(built("migrate"), "Job"))
    assert (container["command"], container["args"]) == (["node", "migrate.js"], ["--all"]), "not the image's own"


def test_a_job_serves_no_port_and_is_not_probed() -> None:
    container = main_container(one(built("migrate"), "Job"))
    assert not {"ports", "livenessProbe", "readinessProbe", "startupProbe"} & set(container), (
        "it accepts no connections"
    )


def test_a_jobs_pods_are_the_ones_that_its_policy_selects() -> None:
    labels = one(built("migrate"), "Job")["spec"]["template"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/name"] == "migrate", "without the label it could reach nothing"
    assert labels["quadrant.dev/purpose"] == "migration", "people look for migrations"


def test_a_persistent_volume_of_a_job_is_a_claim_that_outlives_its_runs() -> None:
    found = built("cleanup", changes=KEPT)
    claim = one(found, "PersistentVolumeClaim")
    assert claim["metadata"]["name"] == "cleanup-dumps", "named after job and volume"
    assert claim["spec"]["resources"]["requests"]["storage"] == "5Gi", "of the declared size"
    [volume] = [v for v in pod_spec(one(found, "CronJob"))["volumes"] if v["name"] == "dumps"]
    assert volume["persistentVolumeClaim"] == {"claimName": "cleanup-dumps"}, "every run mounts the same"


def test_every_mount_of_a_job_has_its_volume() -> None:
    spec = pod_spec(one(built("cleanup", changes=KEPT), "CronJob"))
    volumes = {volume["name"] for volume in spec["volumes"]}
    assert {mount["name"] for mount in spec["containers"][0]["volumeMounts"]} == volumes, "else no pod starts"


def test_a_job_gives_way_to_services() -> None:
    assert pod_spec(one(built("migrate"), "Job"))["priorityClassName"] == "shop-supporting", "in a full cluster"


def test_a_job_has_no_token_and_an_account_of_its_own() -> None:
    found = built("migrate")
    assert pod_spec(one(found, "Job"))["serviceAccountName"] == "migrate", "its own"
    assert one(found, "ServiceAccount")["automountServiceAccountToken"] is False, "without a token"

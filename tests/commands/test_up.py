"""`up` creates what is missing, changes what differs, and leaves alone what is right."""

import json
from pathlib import Path

import pytest

from quadrant_platform.policies.pack import Level, Violation
from tests.applier.cluster import STACK, SYSTEM, Cluster
from tests.commands.running import Runner
from tests.stacks import recorded

COUNT = len(recorded(SYSTEM, "dev").manifests())


def test_a_first_up_creates_everything_and_shows_one_page(quadrant: Runner, cluster: Cluster) -> None:
    result = quadrant("up", *STACK)
    assert result.code in (0, 1), result.err
    assert f"{COUNT} to create" in result.err, "the plan is shown before it is applied"
    assert len(cluster.objects) == COUNT + 5, "all of the stack, and kind, namespace, quota, values and parent of ours"
    assert f"{SYSTEM} dev on cluster" in result.out, "the page names the cluster"


def test_a_second_up_changes_nothing(quadrant: Runner, settled: Cluster) -> None:
    before = settled.versions()
    result = quadrant("up", *STACK)
    assert f"nothing changed: all {COUNT} objects" in result.err, "one line reports it"
    assert settled.versions() == before, "not even a version moves"


def test_networks_are_closed_before_anything_else_is_applied(quadrant: Runner, cluster: Cluster) -> None:
    quadrant("up", *STACK)
    versions = {key: int(version) for key, version in cluster.versions().items()}
    closed = max(versions[key] for key in cluster.find("NetworkPolicy"))
    running = min(versions[key] for kind in ("Deployment", "StatefulSet", "Job") for key in cluster.find(kind))
    assert closed < running, "a pod that starts is never reachable before its policies exist"


def test_values_are_made_once_and_are_on_no_disk(quadrant: Runner, cluster: Cluster, tmp_path: Path) -> None:
    first = quadrant("up", *STACK)
    values = cluster.texts()
    assert len(values) > 3, "the stack has secrets"
    cluster.remove(cluster.find("Secret", "postgres-password")[0])
    second = quadrant("up", *STACK)
    assert cluster.texts() == values, "a Secret that was lost is restored with its old value"
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path != cluster.file]
    written = "".join(path.read_text(errors="replace") for path in files) + first.out + first.err + second.err
    assert not [value for value in values if value in written], "no value is written or printed"


def test_lost_kept_values_are_taken_from_the_live_secrets(quadrant: Runner, settled: Cluster) -> None:
    values = settled.texts()
    settled.remove(settled.find("Secret", f"{SYSTEM}-values")[0])
    result = quadrant("up", *STACK)
    assert settled.texts() == values, "the stores use their passwords already"
    assert settled.find("Secret", f"{SYSTEM}-values"), f"and they are kept again: {result.err}"


def test_only_what_differs_is_applied(quadrant: Runner, settled: Cluster) -> None:
    before = settled.versions()
    changed = settled.find("Deployment")[0]
    settled.edit(changed, lambda one: one["spec"].update(replicas=7))
    assert "1 to change" in quadrant("up", *STACK).err, "the plan counts it"
    after = settled.versions()
    moved = {key for key in after if after[key] != before.get(key)}
    assert moved <= {changed, *settled.find("System")}, "no other workload is touched"
    assert settled.objects[changed]["spec"].get("replicas") != 7, "a field of ours is taken back"


def test_a_job_with_another_template_is_made_anew(quadrant: Runner, settled: Cluster) -> None:
    job = settled.find("Job")[0]
    settled.edit(job, lambda one: one["metadata"]["annotations"].update({"quadrant.dev/template": "older"}))
    assert "1 to recreate" in quadrant("up", *STACK).err, "Kubernetes never changes the template of a Job"
    assert any(words[:1] == ["delete"] for words, _ in settled.read()["log"]), "the old one goes first"


def test_a_claim_that_a_stateful_set_made_is_taken_over_and_its_pods_stay(quadrant: Runner, settled: Cluster) -> None:
    store = settled.find("StatefulSet", "|postgresql")[0]
    claim = settled.find("PersistentVolumeClaim", "|data-postgresql-0")[0]
    selector = settled.objects[store]["spec"]["selector"]["matchLabels"]
    settled.edit(claim, lambda one: one["metadata"].update(labels=selector))
    grown = {"requests": {"storage": "20Gi"}}
    settled.edit(store, lambda one: one["spec"]["volumeClaimTemplates"][0]["spec"].update(resources=grown))
    seen = len(settled.read()["log"])
    result = quadrant("up", *STACK)
    assert "1 to change, 1 to recreate" in result.err, "the claim gets our labels, the StatefulSet its template"
    deleted = [options for words, options in settled.read()["log"][seen:] if words[:1] == ["delete"]]
    assert len(deleted) == 1, "the StatefulSet alone goes"
    assert "--cascade" in deleted[0], "without its pods, which the next one takes over"


@pytest.mark.parametrize("command", ["up", "diff"])
def test_a_claim_that_would_shrink_stops_the_command_before_any_change(
    command: str, quadrant: Runner, settled: Cluster
) -> None:
    claim = settled.find("PersistentVolumeClaim", "|data-postgresql-0")[0]
    settled.edit(claim, lambda one: one["spec"].update(resources={"requests": {"storage": "10Gi"}}))
    before = settled.versions()
    result = quadrant(command, *STACK)
    assert (result.code, settled.versions()) == (2, before), "it would be refused midway"
    assert "data-postgresql-0 has 10Gi, and 1Gi is declared: no volume shrinks" in result.err, "with both sizes"


def test_a_claim_of_somebody_else_is_left_alone(quadrant: Runner, settled: Cluster) -> None:
    claim = settled.find("PersistentVolumeClaim", "|data-postgresql-0")[0]
    settled.edit(claim, lambda one: one["metadata"].update(labels={"app": "theirs"}))
    result = quadrant("up", *STACK)
    assert (result.code, "is not Quadrant's" in result.err) == (2, True), "another team may need what it holds"


def test_a_member_that_nothing_names_is_pruned_and_a_claim_is_spared(quadrant: Runner, settled: Cluster) -> None:
    state = settled.read()
    service = next(one for key, one in state["objects"].items() if key.split("|")[1] == "Service")
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    for kind, version in (("Service", "v1"), ("PersistentVolumeClaim", "v1")):
        metadata = {**service["metadata"], "name": "left-over"}
        state["objects"][f"|{kind}|{metadata['namespace']}|left-over"] = {
            "apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec,
        }  # fmt: skip
    state["served"].append(["persistentvolumeclaims", "v1", True, "PersistentVolumeClaim"])
    settled.write(state)
    parent = settled.find("System")[0]
    kinds = "applyset.kubernetes.io/contains-group-kinds"
    settled.edit(parent, lambda one: one["metadata"]["annotations"].update({kinds: "Service,PersistentVolumeClaim"}))
    result = quadrant("up", *STACK)
    assert not settled.find("Service", "|left-over"), "what left the file leaves the cluster"
    assert settled.find("PersistentVolumeClaim", "|left-over"), "data goes by `down` alone"
    assert "because of the data in it" in result.err, "and one line reports it"


@pytest.mark.parametrize("stage", ["get", "wait", "create"])
def test_an_up_that_broke_off_is_finished_by_the_next(
    stage: str, quadrant: Runner, cluster: Cluster, tmp_path: Path
) -> None:
    kubectl = tmp_path / "bin" / "kubectl"
    whole = kubectl.read_text()
    kubectl.write_text(whole.replace("exec", f'case "$*" in *" {stage} "*) exit 9;; esac\nexec', 1))
    assert quadrant("up", *STACK).code == 2, "the failure is reported"
    kubectl.write_text(whole)
    quadrant("up", *STACK)
    assert len(cluster.objects) == COUNT + 5, "nothing is missing and nothing is there twice"
    assert "nothing changed" in quadrant("up", *STACK).err, "nothing is left to do"


def test_an_interrupted_up_explains_how_to_go_on(
    quadrant: Runner, settled: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("quadrant_platform.applier.status.watching.until_ready", interrupted)
    result = quadrant("up", *STACK)
    assert result.code == 130, "as a shell expects it"
    assert "goes on from here" in result.err, "nothing is lost"


def test_a_refusal_half_way_is_reported_as_one(quadrant: Runner, cluster: Cluster) -> None:
    name = next(one["metadata"]["name"] for one in recorded(SYSTEM, "dev").manifests() if one["kind"] == "Service")
    cluster.configure(refused=[name])
    result = quadrant("up", *STACK)
    assert result.code == 2, "the cluster refused"
    assert f'"{name}" is invalid' in result.err, "in the server's own words"
    assert "not everything was applied" in result.err, "and the user reads what is left to do"


def test_what_does_not_get_ready_is_reported_with_its_reason(quadrant: Runner, cluster: Cluster) -> None:
    broken = next(one["metadata"]["name"] for one in recorded(SYSTEM, "dev").manifests() if one["kind"] == "Deployment")
    cluster.configure(broken=[broken])
    result = quadrant("up", *STACK, "--timeout", "1")
    assert result.code == 1, "a platform that does not run is no success"
    assert f"/{broken}: 0 of" in result.err, "the workload and what it lacks"


def test_the_cluster_of_the_environment_is_written_into_the_stacks_file(
    quadrant: Runner, cluster: Cluster, tmp_path: Path
) -> None:
    result = quadrant("up", *STACK)
    text = (tmp_path / f"Pulumi.{SYSTEM}-dev.yaml").read_text()
    assert f"quadrant:kubeconfig: {tmp_path}/kubeconfig" in text, "from now on the file names the cluster"
    assert "quadrant:context: fake" in text, "another current context is another cluster"
    assert f"now names the cluster: {tmp_path}/kubeconfig" in result.err, "and one line reports it"


def test_a_violation_stops_everything(quadrant: Runner, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Violation("pods", "", Level.MANDATORY, "Pod", "backend", "api", "it may not")
    monkeypatch.setattr("quadrant_platform.commands.up.violations", lambda _objects: [refusal])
    assert quadrant("up", *STACK).code == 1, "a mandatory violation is an exit code"
    assert not cluster.objects, "nothing was applied"


def test_missing_kinds_are_all_reported_before_anything_changes(
    quadrant: Runner, cluster: Cluster, tmp_path: Path
) -> None:
    state = cluster.read()
    state["served"] = [row for row in state["served"] if not row[1].startswith(("traefik.io", "cert-manager"))]
    cluster.write(state)
    result = quadrant("up", *STACK)
    assert result.code == 2, "a cluster that cannot hold the stack is bad input"
    assert {"IngressRoute", "Certificate", "Issuer"} <= set(result.err.split()), "all of them at once"
    assert "install cert-manager, https://cert-manager.io" in result.err, "with the remedy"
    definitions = "python -m quadrant_platform.lab.kubernetes.definitions"
    command = f"{definitions} | kubectl --kubeconfig {tmp_path}/kubeconfig apply --server-side -f -`"
    assert command in result.err, "and a command that names the cluster, wherever the shell's own KUBECONFIG leads"
    assert not cluster.objects, "nothing was changed"


def test_kinds_that_no_module_defines_are_reported_with_the_list_of_others(quadrant: Runner, cluster: Cluster) -> None:
    state = cluster.read()
    state["served"] = [row for row in state["served"] if not row[1].startswith("networking.k8s.io")]
    cluster.write(state)
    result = quadrant("up", *STACK)
    assert "install the CRDs of networking.k8s.io" in result.err, "an unknown group is named"
    assert "get crd`" in result.err, "a command that helps to see what is there"


def test_a_user_without_rights_reads_which_are_missing(quadrant: Runner, cluster: Cluster) -> None:
    cluster.configure(denied=["networkpolicys"])
    result = quadrant("up", *STACK)
    assert result.code == 2, "found before anything is changed"
    assert "does not permit to list, create, patch, delete networkpolicys in" in result.err, "verb, kind and place"
    assert not cluster.objects, "nothing was changed"


def test_a_strangers_object_is_not_overwritten(quadrant: Runner, cluster: Cluster) -> None:
    name = next(one["metadata"]["name"] for one in recorded(SYSTEM, "dev").manifests() if one["kind"] == "Namespace")
    state = cluster.read()
    state["objects"][f"|Namespace||{name}"] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    cluster.write(state)
    result = quadrant("up", *STACK)
    assert result.code == 2, "two owners of one object undo each other's work"
    assert f"the namespace {name} exists and is not Quadrant's" in result.err, "the object is named"
    assert list(cluster.objects) == [f"|Namespace||{name}"], "nothing was changed"


def test_a_change_that_the_server_refuses_is_found_before_any_other_is_made(quadrant: Runner, settled: Cluster) -> None:
    before = settled.versions()
    name = settled.find("StatefulSet")[0].split("|")[3]
    settled.configure(refused=[name])
    result = quadrant("up", *STACK)
    assert result.code == 2, "the server's no is the user's to solve"
    assert "--cascade=orphan" in result.err, "the remedy is named"
    assert settled.versions() == before, "nothing was changed"


def test_a_page_for_programs_names_target_segments_and_addresses(quadrant: Runner, settled: Cluster) -> None:
    document = json.loads(quadrant("up", *STACK, "--format", "json").out)
    assert document["target"]["kind"] == "cluster", "where it is"
    spaces = {one["metadata"]["name"] for one in recorded(SYSTEM, "dev").manifests() if one["kind"] == "Namespace"}
    assert {one["namespace"] for one in document["segments"]} == spaces, "all of its segments"
    assert all(route["url"].startswith("https://") for route in document["routes"]), "how it is reached"

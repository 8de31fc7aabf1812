"""No stack has a way around the edge, a secret in the open, or a setting that another manager would overwrite."""

import re
from collections import Counter

import pytest

from quadrant_platform.vocabulary import SECRETS_ANNOTATION
from tests.stacks import (
    STACKS,
    containers,
    identity,
    of_kind,
    pod_specs,
    previewed,
    recorded,
    unknowns,
    walk,
)

stacks = pytest.mark.parametrize(("system", "stage"), STACKS)

CLUSTER_WIDE = {"Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding", "IngressClass", "ClusterIssuer"}
BESIDE_A_ROUTE = {
    *("IngressRoute", "Middleware", "Role", "RoleBinding"),
    *("Secret", "ExternalSecret", "SecretStore", "ServiceAccount"),
}
"""A route to an operator's page is in the namespace of its Service, and so is what the route needs."""
VARIABLES = {"NODE_ENV", "CONFIG_PATH", "SECRETS_DIR"}
SCALED = ("Deployment", "StatefulSet", "Rollout")
FLOATING = re.compile(r"(:latest|:stable|:edge|:main|:master|^[^:@]+)$")


@stacks
def test_no_service_opens_a_port_of_the_nodes(system: str, stage: str) -> None:
    open_ports = [identity(service) for service in of_kind(system, stage, "Service")
                  if service["spec"].get("type") == "NodePort" or service["spec"].get("externalIPs")]  # fmt: skip
    assert not open_ports, f"{open_ports}: a way in beside the public Traefik"


@stacks
def test_only_the_public_traefik_has_a_load_balancer(system: str, stage: str) -> None:
    balanced = [service["metadata"]["name"] for service in of_kind(system, stage, "Service")
                if service["spec"].get("type") == "LoadBalancer"]  # fmt: skip
    assert set(balanced) <= {"traefik"}, "there is one way in"
    assert len(balanced) <= 1, "and one of it"


@stacks
def test_no_pod_shares_anything_with_its_node(system: str, stage: str) -> None:
    for manifest in recorded(system, stage).manifests():
        for spec in pod_specs(manifest):
            shared = {key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)}
            shared |= {"hostPath" for volume in spec.get("volumes", []) if "hostPath" in volume}
            assert not shared, f"{identity(manifest)} uses the node's {shared}"
        ports = [port for one in containers(manifest) for port in one.get("ports", []) if "hostPort" in port]
        assert not ports, f"{identity(manifest)} opens {ports} on its node, past every policy"


@stacks
def test_no_variable_holds_a_secret(system: str, stage: str) -> None:
    for manifest in recorded(system, stage).manifests():
        for container in containers(manifest):
            sources = [entry for entry in container.get("env", []) if "secretKeyRef" in entry.get("valueFrom", {})]
            sources += [entry for entry in container.get("envFrom", []) if "secretRef" in entry]
            assert not sources, f"{identity(manifest)}: {sources} is visible to anyone who may describe the pod"


@stacks
def test_services_of_the_system_have_the_few_allowed_variables(system: str, stage: str) -> None:
    for one in recorded(system, stage).resources:
        if one.is_manifest and "::quadrant:workload:" in (one.parent or ""):
            names = {entry["name"] for container in containers(one.inputs) for entry in container.get("env", [])}
            assert names <= VARIABLES, f"{identity(one.inputs)}: {names - VARIABLES} belongs into a file"


@stacks
def test_the_program_writes_no_secret_where_a_vault_has_them(system: str, stage: str) -> None:
    written = [identity(secret) for secret in of_kind(system, stage, "Secret")]
    assert stage == "dev" or not written, f"{written}: prod reads its secrets from the vault"


@stacks
def test_no_workload_states_replicas_beside_an_autoscaler(system: str, stage: str) -> None:
    scalers = of_kind(system, stage, "HorizontalPodAutoscaler")
    targets = [(one["metadata"]["namespace"], one["spec"]["scaleTargetRef"]) for one in scalers]
    scaled = {(target["kind"], namespace, target["name"]) for namespace, target in targets}
    workloads = {identity(manifest): manifest for manifest in of_kind(system, stage, *SCALED)}
    assert scaled <= set(workloads), f"{scaled - set(workloads)}: an autoscaler without its workload does nothing"
    fighting = [key for key in scaled if "replicas" in workloads[key]["spec"]]
    assert not fighting, f"{fighting}: every deployment would undo the autoscaler's work"


@stacks
def test_no_two_objects_have_one_identity(system: str, stage: str) -> None:
    twice = [key for key, count in Counter(map(identity, recorded(system, stage).manifests())).items() if count > 1]
    assert not twice, f"{twice}: the second would overwrite the first"


@stacks
def test_every_object_names_itself_and_its_namespace(system: str, stage: str) -> None:
    for manifest in recorded(system, stage).manifests():
        metadata = manifest["metadata"]
        assert metadata.get("name"), f"a {manifest['kind']} without name gets a random one"
        placed = "namespace" in metadata
        assert placed != (manifest["kind"] in CLUSTER_WIDE), (
            f"{identity(manifest)} would land in the caller's namespace"
        )


@stacks
def test_only_routes_stand_in_namespaces_of_others(system: str, stage: str) -> None:
    made = {manifest["metadata"]["name"] for manifest in of_kind(system, stage, "Namespace")}
    foreign = {
        identity(manifest)
        for manifest in recorded(system, stage).manifests()
        if "namespace" in manifest["metadata"] and manifest["metadata"]["namespace"] not in made
    }
    running = {one for one in foreign if one[0] not in BESIDE_A_ROUTE}
    assert not running, f"{running}: another owner runs the workloads there"


@stacks
def test_a_preview_knows_every_input_but_the_digests_of_values(system: str, stage: str) -> None:
    unknown = [place for _, place in unknowns(previewed(system, stage)) if not place.endswith(SECRETS_ANNOTATION)]
    assert not unknown, f"{unknown[:3]}: a policy would only advise where it must decide"


@stacks
def test_no_image_has_a_floating_tag(system: str, stage: str) -> None:
    images: set[str] = set()
    for manifest in recorded(system, stage).manifests():
        found = {container.get("image", "") for container in containers(manifest)}
        assert "" not in found or manifest["kind"] == "Pooler", f"{identity(manifest)}: only its operator has one"
        images |= found - {""}
        images |= {part["imageName"] for part in walk(manifest) if isinstance(part, dict) and "imageName" in part}
    floating = {image for image in images if FLOATING.search(image.rpartition("/")[2])}
    assert not floating, f"{floating} may be something else tomorrow"


@stacks
def test_no_chart_hides_objects_from_the_policies(system: str, stage: str) -> None:
    charts = [one.urn for one in recorded(system, stage).resources if ":helm.sh/" in one.type]
    assert not charts, f"{charts}: no reader sees what a release would apply"


@stacks
def test_every_workload_has_a_policy_of_its_name(system: str, stage: str) -> None:
    policies = {key[1:] for key in map(identity, of_kind(system, stage, "NetworkPolicy"))}
    kinds = ("Deployment", "StatefulSet", "Rollout", "Job", "CronJob")
    selecting = [one["spec"]["podSelector"].get("matchLabels", {}) for one in of_kind(system, stage, "NetworkPolicy")]
    assert policies, "a stack without policies is open"
    for manifest in of_kind(system, stage, *kinds):
        template = manifest["spec"].get("jobTemplate", manifest)["spec"]["template"]
        labels = template["metadata"]["labels"].items()
        matching = [one for one in selecting if one and one.items() <= labels]
        assert len(matching) == 1, f"{identity(manifest)} is selected by {len(matching)} policies, not by its own"

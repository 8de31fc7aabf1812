"""Changes to a good Deployment in accounts, sizes, images, ports, probes and credentials, and the rules they break."""

from __future__ import annotations

from tests.policies.builders import DIGEST, REMOVE, UNKNOWN, init_container
from tests.policies.pod_cases import INIT, MAIN, OWN, POD, breaks, ephemeral, keeps

IDENTITY = (
    breaks(f"{POD}/runAsUser", 999, "high-uid-gid/runAsUser"),
    breaks(f"{POD}/runAsGroup", 0, "high-uid-gid/runAsGroup"),
    breaks(f"{POD}/runAsGroup", REMOVE, "high-uid-gid/runAsGroup"),
    breaks(f"{POD}/fsGroup", 999, "high-uid-gid/fsGroup"),
    breaks(f"{POD}/supplementalGroups", [20000, 0], "high-uid-gid/supplementalGroups"),
    breaks(f"{INIT}/securityContext/runAsUser", 70, "high-uid-gid/runAsUser"),
    breaks("ephemeralContainers", ephemeral(runAsGroup=5), "high-uid-gid/runAsGroup"),
    breaks(f"{POD}/runAsUser", UNKNOWN, "run-as-non-root/unknown", "high-uid-gid/unknown"),
    keeps(f"{OWN}/runAsUser", 10000),
    breaks("serviceAccountName", REMOVE, "service-account/account"),
    breaks("serviceAccountName", "default", "service-account/account"),
    breaks("automountServiceAccountToken", REMOVE, "service-account/token"),
    breaks("automountServiceAccountToken", True, "service-account/token"),
    breaks("automountServiceAccountToken", UNKNOWN, "service-account/unknown"),
    breaks("serviceAccountName", UNKNOWN, "service-account/unknown"),
)

CAPACITY = (
    *(
        breaks(f"{container}/resources/{side}/{resource}", value, f"requests-and-limits/{side}.{resource}")
        for container in (MAIN, INIT) for side in ("requests", "limits") for resource in ("cpu", "memory")
        for value in (REMOVE, 0)
    ),
    breaks(f"{MAIN}/resources/limits/memory", UNKNOWN, "requests-and-limits/unknown", "tier-ceilings/unknown"),
    keeps("ephemeralContainers", ephemeral()),
    keeps("resources", {"limits": {"memory": "1Gi"}}),
    breaks(f"{MAIN}/resources/limits/cpu", "96", "tier-ceilings/max", "tier-ceilings/ratio"),
    breaks(f"{INIT}/resources/limits/memory", "2Gi", "tier-ceilings/ratio"),
    breaks(f"{MAIN}/resources/requests/memory", "1Ti", "tier-ceilings/max"),
    breaks(f"{MAIN}/resources/limits/cpu", "2.5", "tier-ceilings/ratio"),
    keeps(f"{MAIN}/resources/limits/cpu", "1600m"),
    keeps(f"{MAIN}/resources/limits/memory", 1e9),
    breaks(f"{MAIN}/resources/limits/ephemeral-storage", REMOVE, "tier-ceilings/ephemeral-storage"),
    breaks(f"{INIT}/resources/requests/ephemeral-storage", REMOVE, "tier-ceilings/ephemeral-storage"),
    breaks(f"{MAIN}/resources/limits/ephemeral-storage", "1Ti", "tier-ceilings/max"),
    breaks("volumes/0", {"name": "v", "emptyDir": {}}, "tier-ceilings/emptyDir"),
    breaks("volumes/0", {"name": "v"}, "tier-ceilings/emptyDir"),
    breaks("volumes/0", {"name": "v", "emptyDir": {"medium": "Memory", "sizeLimit": "200Gi"}}, "tier-ceilings/max"),
    breaks("volumes/0", {"name": "v", "emptyDir": {"sizeLimit": UNKNOWN}}, "tier-ceilings/unknown"),
    keeps("volumes/0", {"name": "v", "emptyDir": {"sizeLimit": "200Gi"}}),
    keeps("volumes/0", {"name": "v", "configMap": {"name": "c"}}),
)  # fmt: skip

IMAGES = (
    breaks(f"{MAIN}/image", "registry.example.com:5000/shop/app", "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", "app:latest", "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", "app:latest-12", "pinned-by-tag-and-digest/tag"),
    breaks(f"{INIT}/image", "app:stable", "pinned-by-tag-and-digest/tag"),
    breaks("ephemeralContainers", [{**ephemeral()[0], "image": "busybox"}], "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", f"app@{DIGEST}", "pinned-by-tag-and-digest/tag"),
    breaks("volumes/0", {"name": "v", "image": {"reference": "data"}}, "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", UNKNOWN, "pinned-by-tag-and-digest/unknown", "registry-allow-list/unknown",
           "no-nginx-ingress/unknown", "high-uid-gid/unknown"),
    keeps(f"{MAIN}/image", f"app:v3@{DIGEST}"),
    breaks(f"{MAIN}/image", "registry.unknown.test/app:1.0", "registry-allow-list/"),
    breaks(f"{INIT}/image", "registry.example.com.evil.test/app:1.0", "registry-allow-list/"),
    breaks(f"{MAIN}/image", "localhost:5000/app:1.0", "registry-allow-list/"),
    breaks(f"{MAIN}/image", "a.b.azurecr.io/app:1.0", "registry-allow-list/"),
    breaks("volumes/0", {"name": "v", "image": {"reference": "x.test/data:1"}}, "registry-allow-list/"),
    keeps(f"{MAIN}/image", "shop.azurecr.io/app:1.0"),
    keeps(f"{MAIN}/image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0"),
    keeps(f"{MAIN}/image", "quay.io:443/team/app:1.0"),
)  # fmt: skip

ASKED_TWICE = {"tcpSocket": {"port": 3001}}
PROBES = (
    breaks(f"{OWN}/readOnlyRootFilesystem", REMOVE, "read-only-rootfs/"),
    breaks(f"{INIT}/securityContext/readOnlyRootFilesystem", False, "read-only-rootfs/"),
    breaks(f"{OWN}/readOnlyRootFilesystem", UNKNOWN, "read-only-rootfs/unknown"),
    breaks(f"{MAIN}/startupProbe", REMOVE, "probes/startupProbe"),
    breaks(f"{MAIN}/readinessProbe", REMOVE, "probes/readinessProbe"),
    breaks(f"{MAIN}/livenessProbe", REMOVE, "probes/livenessProbe"),
    breaks(f"{MAIN}/livenessProbe", UNKNOWN, "probes/unknown", "no-host-probes-or-host-process/unknown",
           "allowed-ports/unknown"),
    breaks(f"{MAIN}/livenessProbe/failureThreshold", 3, "probes/same"),
    breaks(f"{MAIN}/readinessProbe/periodSeconds", 20, "probes/same"),
    keeps(f"{MAIN}/livenessProbe", ASKED_TWICE),
    keeps(f"{MAIN}/livenessProbe", {"httpGet": {"path": "/live", "port": 3001}}),
)  # fmt: skip

PORTS = (
    breaks(f"{MAIN}/ports/0/containerPort", 22, "allowed-ports/container-port", "allowed-ports/probe-port"),
    breaks(f"{INIT}/ports", [{"containerPort": 80}], "allowed-ports/container-port"),
    breaks(INIT, {**init_container(), "restartPolicy": "Always", "ports": [{"name": "http", "containerPort": 3009}]},
           "allowed-ports/port-name"),
    breaks(f"{MAIN}/ports", [{"name": "a", "containerPort": 3001}, {"containerPort": 3002}],
           "allowed-ports/port-name"),
    breaks(f"{MAIN}/ports/0/containerPort", UNKNOWN, "allowed-ports/unknown"),
    breaks(f"{MAIN}/livenessProbe", {"tcpSocket": {"port": 3002}}, "allowed-ports/probe-port"),
    breaks(f"{MAIN}/livenessProbe", {"grpc": {"port": 3002}}, "allowed-ports/probe-port"),
    breaks(f"{MAIN}/livenessProbe", {"httpGet": {"port": "metrics"}}, "allowed-ports/probe-port"),
    keeps(f"{MAIN}/livenessProbe", {"httpGet": {"path": "/live", "port": "http"}}),
    keeps(f"{MAIN}/livenessProbe", {"exec": {"command": ["true"]}}),
)  # fmt: skip

LIFECYCLE = (
    breaks("terminationGracePeriodSeconds", 0, "rollout-safety/grace"),
    breaks("priorityClassName", REMOVE, "rollout-safety/priority"),
    breaks("priorityClassName", UNKNOWN, "rollout-safety/unknown"),
    keeps("terminationGracePeriodSeconds", 1),
)

ALL = (*IDENTITY, *CAPACITY, *IMAGES, *PROBES, *PORTS, *LIFECYCLE)

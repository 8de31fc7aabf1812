"""The names that all parts of the platform share: labels, annotations, the matrix, addresses, pod templates."""

from collections.abc import Mapping

# Labels that Kubernetes recommends or sets itself.
NAME_LABEL = "app.kubernetes.io/name"
COMPONENT_LABEL = "app.kubernetes.io/component"
PART_OF_LABEL = "app.kubernetes.io/part-of"
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""The name of a namespace, which the API server writes on it."""
CLUSTER_LABEL = "cnpg.io/cluster"
"""The name of a CloudNativePG cluster, which the operator writes on its pods."""
APPLYSET_LABEL = "applyset.kubernetes.io/part-of"
"""The set of objects to which kubectl applied one."""
POD_SECURITY_PREFIX = "pod-security.kubernetes.io/"

# Labels of ours.
PREFIX = "quadrant.dev/"
SYSTEM_LABEL = f"{PREFIX}system"
STACK_LABEL = f"{PREFIX}stack"
"""The stack that made a namespace."""
STATE_LABEL = f"{PREFIX}state"
"""The identity of the pulumi state from which a namespace was made."""
SEGMENT_LABEL = f"{PREFIX}segment"
ATTACHED_PREFIX = f"{PREFIX}attached-"
"""Before a further segment of a workload; such a label permits nothing."""
TIER_LABEL = f"{PREFIX}tier"
PURPOSE_LABEL = f"{PREFIX}purpose"

# Annotations of ours.
WHY_ANNOTATION = f"{PREFIX}why"
CONFIG_ANNOTATION = f"{PREFIX}config"
"""A digest of the files that a pod mounts, so that a change of them restarts it."""
SECRETS_ANNOTATION = f"{PREFIX}secrets"
"""A digest that changes with the generated values that a pod mounts; rendered manifests lack it."""
CONSUMERS_ANNOTATION = f"{PREFIX}consumers"
"""The workloads that mount a Secret."""
GENERATED_KEYS_ANNOTATION = f"{PREFIX}generated-keys"
"""The keys of a Secret whose values a rendered manifest leaves out."""
TEMPLATE_ANNOTATION = f"{PREFIX}template"
"""A digest of a Job's template."""
RELEASED_ANNOTATION = f"{PREFIX}released"
"""On an object with data: its stack lets it go as soon as nothing wants it any more."""
ENGINE_PREFIX = "pulumi.com/"
"""Before the annotations that tell Pulumi's provider how to apply an object; rendered manifests lack them."""

# The matrix of permitted connections, as a system registers it.
MATRIX_NAME = "quadrant-matrix"
MATRIX_LABEL = f"{PREFIX}matrix"
MATRIX_KEY = "matrix.json"

OWNER = "quadrant"
"""Our value of the label that names the manager of an object."""
MANAGED_BY = {MANAGED_BY_LABEL: OWNER}

WORLD = ("0.0.0.0/0", "::/0")
"""Every address, in both families."""
PRIVATE_RANGES: tuple[str, ...] = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "fd00:ec2::254/128",
)  # fmt: skip
"""Addresses that are no part of the internet: private, shared, link-local and loopback ranges.

Clusters give pods addresses of the shared range 100.64.0.0/10 (RFC 6598) as well. Metadata and credential services have
several addresses in 169.254.0.0/16, so that excluding 169.254.169.254 alone would leave the others open.
"""

POD_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Where each kind of workload keeps the template of its pods."""

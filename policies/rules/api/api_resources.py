"""Resources that Kubernetes itself serves, by group: what a rule of a role can name there."""

from collections.abc import Mapping
from typing import Final

NAMESPACED: Final[Mapping[str, str]] = {
    "": "bindings configmaps endpoints events limitranges persistentvolumeclaims persistentvolumeclaims/status pods "
        "pods/attach pods/binding pods/ephemeralcontainers pods/eviction pods/exec pods/log pods/portforward "
        "pods/proxy pods/resize pods/status podtemplates replicationcontrollers replicationcontrollers/scale "
        "replicationcontrollers/status resourcequotas resourcequotas/status secrets serviceaccounts "
        "serviceaccounts/token services services/proxy services/status",
    "apps": "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status "
            "replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status",
    "authentication.k8s.io": "",
    "authorization.k8s.io": "localsubjectaccessreviews",
    "autoscaling": "horizontalpodautoscalers horizontalpodautoscalers/status",
    "batch": "cronjobs cronjobs/status jobs jobs/status",
    "certificates.k8s.io": "podcertificaterequests podcertificaterequests/status",
    "coordination.k8s.io": "leases leasecandidates",
    "discovery.k8s.io": "endpointslices",
    "events.k8s.io": "events",
    "networking.k8s.io": "ingresses ingresses/status networkpolicies",
    "policy": "poddisruptionbudgets poddisruptionbudgets/status",
    "rbac.authorization.k8s.io": "rolebindings roles",
    "storage.k8s.io": "csistoragecapacities",
}  # fmt: skip
"""Those in namespaces, a subresource behind a slash. Source: discovery of a kube-apiserver, and k8s.io/api 0.37."""

CLUSTER: Final[Mapping[str, str]] = {
    "": "componentstatuses namespaces namespaces/finalize namespaces/status nodes nodes/status persistentvolumes "
        "persistentvolumes/status nodes/checkpoint nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods "
        "nodes/proxy nodes/spec nodes/stats groups users",
    "admissionregistration.k8s.io": "mutatingadmissionpolicies mutatingadmissionpolicybindings "
        "mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicies/status "
        "validatingadmissionpolicybindings validatingwebhookconfigurations",
    "apiextensions.k8s.io": "customresourcedefinitions customresourcedefinitions/status",
    "apiregistration.k8s.io": "apiservices apiservices/status",
    "authentication.k8s.io": "selfsubjectreviews tokenreviews uids",
    "authorization.k8s.io": "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
    "certificates.k8s.io": "certificatesigningrequests certificatesigningrequests/approval "
        "certificatesigningrequests/status clustertrustbundles signers",
    "networking.k8s.io": "ingressclasses ipaddresses servicecidrs servicecidrs/status",
    "node.k8s.io": "runtimeclasses",
    "policy": "podsecuritypolicies",
    "rbac.authorization.k8s.io": "clusterrolebindings clusterroles",
    "scheduling.k8s.io": "priorityclasses",
    "storage.k8s.io": "csidrivers csinodes storageclasses volumeattachments volumeattachments/status "
        "volumeattributesclasses volumeattributesclasses/status",
}  # fmt: skip
"""Those of the cluster, and names that only rules have: identities, signers and what a kubelet asks about."""

ONLY_IN_RULES: Final = frozenset({
    "groups", "users", "uids", "signers", "podsecuritypolicies",
    *(f"nodes/{one}" for one in ("checkpoint", "configz", "healthz", "log", "metrics", "pods", "spec", "stats")),
})  # fmt: skip
"""Names that no API serves, about which servers ask the authorizer all the same."""

SERVED: Final[Mapping[str, frozenset[str]]] = {
    group: frozenset(f"{NAMESPACED.get(group, '')} {CLUSTER.get(group, '')}".split())
    for group in {*NAMESPACED, *CLUSTER}
}
"""Both, by group."""

_MARKS: Final = frozenset({"finalizers", "restricted"})
"""Subresources of any resource that exist in rules only: admission plugins ask for them."""


def is_known(group: str, resource: str) -> bool:
    """Return whether a group that Kubernetes serves has a resource, subresources of plugins and users' extras too."""
    of, _, subresource = resource.partition("/")
    return resource in SERVED[group] or of == "userextras" or (subresource in _MARKS and of in SERVED[group])


def is_of_cluster(group: str, resource: str) -> bool:
    """Return whether requests for a resource carry no namespace; one for a Namespace carries its own."""
    return resource in CLUSTER.get(group, "").split() and not resource.startswith("namespaces")

"""The whole Pod Security Standard `restricted`, in policies whose findings name the upstream check."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.pod_security_version import Profile
from quadrant_platform.policies.core import Finding, Object, ResourcePolicy, Severity, Subject, evaluation
from quadrant_platform.policies.core.access import FieldError
from quadrant_platform.policies.core.objects import objects
from quadrant_platform.policies.core.policy import Violation
from quadrant_platform.policies.core.well_formed import POLICIES as WELL_FORMED
from quadrant_platform.policies.core.workload_pods import WORKLOADS
from quadrant_platform.policies.pss.checks import CHECKS, ids_of


class AllOf:
    """A predicate made of upstream checks. A field that one of them cannot read does not stop the others.

    What a check of `restricted` finds, the check of `baseline` that it overrides does not repeat.
    """

    def __init__(self, *ids: str) -> None:
        self.ids = ids
        self.__name__ = "_and_".join(ids)
        judges = dict.fromkeys(judge for name in ids for judge in CHECKS[name].revisions.values())
        self.__doc__ = "\n".join(dict.fromkeys(judge.__doc__ or "" for judge in judges))

    def __call__(self, subject: Subject) -> Iterator[Finding]:
        """Yield what the checks find. Raises the first FieldError at the end."""
        if subject.pod is None:
            return
        errors, covered = [], set[str]()
        for name in sorted(self.ids, key=lambda name: not CHECKS[name].overrides):
            judge = CHECKS[name].judge(subject.config.pod_security_version)
            try:
                for message in judge(subject.pod) if judge and name not in covered else ():
                    covered.add(CHECKS[name].overrides)
                    yield Finding(message, name)
            except FieldError as error:
                errors.append(error)
        if errors:
            raise errors[0]


def _policy(
    name: str, title: str, why: str, remedy: str, *checks: str, severity: Severity = Severity.HIGH
) -> ResourcePolicy:
    return ResourcePolicy(
        name=name, title=title, why=why, remedy=remedy, severity=severity,
        tags=("PSS-restricted", "NSA-1", "CIS-5.2"), predicate=AllOf(*checks), kinds=WORKLOADS,
    )  # fmt: skip


POLICIES = (
    _policy(
        "no-privileged", "No container is privileged",
        "A privileged container is root on the node.",
        "Remove securityContext.privileged.",
        "privileged", severity=Severity.CRITICAL,
    ),
    _policy(
        "no-host-namespaces", "Pods share no namespace with the node",
        "On the node's network a pod bypasses every NetworkPolicy; among its processes it reads secrets.",
        "Remove hostNetwork, hostPID and hostIPC.",
        "hostNamespaces", severity=Severity.CRITICAL,
    ),
    _policy(
        "volume-types", "Volumes are of the restricted types",
        "A hostPath leads out of the container, and in-tree drivers run with the rights of the node.",
        "Use configMap, secret, projected, downwardAPI, emptyDir, image, csi, ephemeral or a claim.",
        "hostPathVolumes", "restrictedVolumes", severity=Severity.CRITICAL,
    ),
    _policy(
        "no-host-ports", "No container takes a port of the node",
        "A host port is a way in that bypasses Traefik, and often the NetworkPolicies too.",
        "Remove hostPort; route through Traefik.",
        "hostPorts",
    ),
    _policy(
        "no-host-probes-or-host-process", "Probes and hooks name no host, and nothing is a HostProcess",
        "The kubelet follows `host` from outside every NetworkPolicy, into the node's own network.",
        "Remove host from httpGet and tcpSocket, and windowsOptions.hostProcess.",
        "hostProbesAndHostLifecycle", "windowsHostProcess",
    ),
    _policy(
        "drop-all-capabilities", "Every container drops all capabilities",
        "Capabilities are parts of root; a service that listens above 1024 needs none.",
        "Set securityContext.capabilities.drop to [ALL] and add nothing.",
        "capabilities_baseline", "capabilities_restricted",
    ),
    _policy(
        "no-privilege-escalation", "No process gains rights",
        "Without it a setuid file in the image makes the process root.",
        "Set securityContext.allowPrivilegeEscalation to false on every container.",
        "allowPrivilegeEscalation",
    ),
    _policy(
        "run-as-non-root", "No container runs as root",
        "Root in a container is root on the node as soon as the container leaks.",
        "Set securityContext.runAsNonRoot to true on the pod and a runAsUser other than 0.",
        "runAsNonRoot", "runAsUser",
    ),
    _policy(
        "seccomp", "Seccomp filters the system calls",
        "Most kernel exploits need system calls that the runtime's default profile blocks.",
        "Set securityContext.seccompProfile.type to RuntimeDefault on the pod.",
        "seccompProfile_baseline", "seccompProfile_restricted",
    ),
    _policy(
        "kernel-surface", "AppArmor, SELinux, /proc and sysctls keep their safe values",
        "Each of them is a wall between the container and the node's kernel.",
        "Remove the setting, or use a value that the Pod Security Standard allows.",
        "appArmorProfile", "seLinuxOptions", "procMount", "procMount_restricted", "sysctls",
    ),
)  # fmt: skip


def check_profile(
    manifests: Iterable[Object | Mapping[str, Any]], profile: Profile, config: Config | None = None
) -> list[Violation]:
    """Judge manifests by one profile only; each violation once.

    An unreadable field is a violation too, since it cannot be judged.
    """
    config = config or Config()
    policies = (*WELL_FORMED, *_narrowed(profile, config))
    judged = tuple(objects(manifests))
    found = (one for policy in policies for obj in judged for one in evaluation.run_resource(policy, obj, config))
    return list(dict.fromkeys(evaluation.without_exempted(found, config)))


def _narrowed(profile: Profile, config: Config) -> Iterator[ResourcePolicy]:
    for policy in POLICIES:
        wanted = ids_of(profile, config.of(policy.name).pod_security_version)
        predicate = policy.predicate
        kept = [name for name in predicate.ids if name in wanted] if isinstance(predicate, AllOf) else []
        if kept:
            yield replace(policy, predicate=AllOf(*kept))

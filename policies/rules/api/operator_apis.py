"""Versions and fields of operators' resources that newer releases no longer read."""

from collections.abc import Iterator, Mapping

from quadrant_platform.policies.core import Finding, Level, ResourcePolicy, Severity, Subject

_OLD_VERSIONS: Mapping[str, tuple[str, str]] = {
    "external-secrets.io/v1alpha1": ("External Secrets 0.17", "external-secrets.io/v1"),
    "external-secrets.io/v1beta1": ("External Secrets 0.17", "external-secrets.io/v1"),
    "traefik.containo.us/v1alpha1": ("Traefik 3", "traefik.io/v1alpha1"),
    "cert-manager.io/v1alpha2": ("cert-manager 1.6", "cert-manager.io/v1"),
    "cert-manager.io/v1alpha3": ("cert-manager 1.6", "cert-manager.io/v1"),
    "cert-manager.io/v1beta1": ("cert-manager 1.6", "cert-manager.io/v1"),
    "certmanager.k8s.io/v1alpha1": ("cert-manager 0.11", "cert-manager.io/v1"),
    "keda.k8s.io/v1alpha1": ("KEDA 2", "keda.sh/v1alpha1"),
    "gateway.networking.k8s.io/v1alpha1": ("Gateway API 0.6", "gateway.networking.k8s.io/v1"),
}
"""By version: the release that does not serve it, and the version to use.

Sources: the releases' notes at github.com/external-secrets/external-secrets, doc.traefik.io/traefik/migrate/v2-to-v3,
cert-manager.io/docs/releases, keda.sh/docs/latest/migration and gateway-api.sigs.k8s.io/guides/migrating.
"""
_OLD_FIELDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("traefik.io", "Middleware"): {"ipWhiteList": "ipAllowList"},
    ("traefik.io", "MiddlewareTCP"): {"ipWhiteList": "ipAllowList"},
}
"""By group and kind: fields of the specification, and those that took their place."""

_IGNORED_FIELDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("traefik.io", "Middleware"): {
        "headers.sslRedirect": "redirectScheme, or a redirection of the entry point",
        "headers.sslTemporaryRedirect": "redirectScheme, or a redirection of the entry point",
        "headers.sslHost": "redirectRegex",
        "headers.sslForceHost": "redirectRegex",
        "headers.featurePolicy": "permissionsPolicy",
        "forwardAuth.tls.caOptional": "a certificate that the service has to show",
    },
}
"""By group and kind: fields that Traefik 3 takes and never reads, as its own code shows, and what does their work."""


def operator_apis(subject: Subject) -> Iterator[Finding]:
    """Check that resources of operators use versions and fields that newer releases read."""
    version = subject.obj.api_version
    if version in _OLD_VERSIONS:
        release, instead = _OLD_VERSIONS[version]
        yield Finding(f"{release} no longer serves {version}; use {instead}", "version")
    for field, instead in _OLD_FIELDS.get((subject.obj.group, subject.obj.kind), {}).items():
        node = subject.node.at("spec", field)
        if node.present():
            yield Finding(f"{node.path} is the old name of {instead}", "field")
    for place, instead in _IGNORED_FIELDS.get((subject.obj.group, subject.obj.kind), {}).items():
        node = subject.node.at("spec", *place.split("."))
        if node.present():
            yield Finding(f"Traefik 3 ignores {node.path}; use {instead}", "ignored")


POLICIES = (
    ResourcePolicy(
        name="operator-apis", title="Resources of operators use versions that stay", level=Level.ADVISORY,
        severity=Severity.LOW, tags=("hygiene",), predicate=operator_apis,
        why="An upgrade of the operator refuses what it no longer serves, or ignores a field by its old name.",
        remedy="Use the version or the field that the message names; keep the old one only while the operator is old.",
    ),
)  # fmt: skip

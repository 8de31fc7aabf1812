"""Routers, one at a time: TLS, allowed origins, and no second ingress controller."""

import re
from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WORKLOADS

ROUTERS = frozenset({"IngressRoute", "IngressRouteTCP"})
_OLD_TLS = frozenset({"VersionTLS10", "VersionTLS11"})
_INSECURE = re.compile(r"--api\.insecure(=(true|1|t))?", re.IGNORECASE)
_MIDDLEWARES = frozenset({"Middleware"})
_OPEN_ORIGIN = re.compile(r"\*|.*\.\*.*|.*(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]).*", re.IGNORECASE)
_ORIGIN_LISTS = ("accessControlAllowOriginList", "accessControlAllowOriginListRegex")
_NGINX_IMAGE = re.compile(r"(^|/)(ingress-nginx/controller|(ingress-nginx|nginx-ingress)(-controller)?)(:|@|$)")
_CLASS_ANNOTATION = "kubernetes.io/ingress.class"


def entry_points(router: Node) -> frozenset[str]:
    """Return the entry points that a router names."""
    return frozenset(node.text() for node in router.at("spec", "entryPoints").items())


def tls_only(subject: Subject) -> Iterator[Finding]:
    """Check that routers name their entry points, secure ones have TLS 1.2 or later, and no dashboard is open."""
    if subject.obj.kind == "Ingress":
        yield from _ingress_tls(subject.node.at("spec"))
    elif subject.obj.kind == "TLSOption":
        version = subject.node.at("spec", "minVersion").text()
        if version in _OLD_TLS:
            yield Finding(f"spec.minVersion is {version}", "min-version")
    elif subject.obj.kind in ROUTERS:
        yield from _router_tls(subject)
    else:
        yield from _open_dashboard(subject)


def _router_tls(subject: Subject) -> Iterator[Finding]:
    names = entry_points(subject.node)
    if not names:
        yield Finding("spec.entryPoints is empty: the router is on every entry point", "entry-points")
    secure = names & subject.config.secure_entry_points
    if secure and not subject.node.at("spec", "tls").present():
        yield Finding(f"the router on {sorted(secure)} has no spec.tls", "tls")


def _ingress_tls(spec: Node) -> Iterator[Finding]:
    listed = [{host.text() for host in entry.at("hosts").items()} for entry in spec.at("tls").items()]
    if not listed:
        yield Finding("spec.tls is empty", "tls")
        return
    covered = set().union(*listed)
    for rule in spec.at("rules").items():
        host = rule.at("host").text()
        if host and all(listed) and not {host, f"*.{host.partition('.')[2]}"} & covered:
            yield Finding(f"{rule.path}: no entry of spec.tls is for {host}", "host")


def _open_dashboard(subject: Subject) -> Iterator[Finding]:
    for container in subject.containers:
        if "traefik" not in f"{subject.obj.name} {container.name} {container.node.at('image').value}":
            continue
        for node in container.command_line:
            if _INSECURE.fullmatch(node.text()):
                yield Finding(f"{node.path} opens Traefik's API without authentication", "dashboard")


def no_open_origin(subject: Subject) -> Iterator[Finding]:
    """Check that no middleware lets any origin, or a developer's machine, read answers."""
    headers = subject.node.at("spec", "headers")
    for field in _ORIGIN_LISTS:
        for node in headers.at(field).items():
            if _OPEN_ORIGIN.fullmatch(node.text()):
                yield Finding(f"{node.path} is {node.text()!r}")


def no_nginx(subject: Subject) -> Iterator[Finding]:
    """Check that no nginx ingress class or controller runs beside Traefik."""
    if subject.obj.kind == "IngressClass":
        yield from _nginx_class(subject.node.at("spec", "controller"))
    elif subject.obj.kind == "Ingress":
        yield from _nginx_class(subject.node.at("spec", "ingressClassName"))
        yield from _nginx_class(subject.obj.annotations.at(_CLASS_ANNOTATION))
    else:
        yield from _nginx_controller(subject)


def _nginx_class(node: Node) -> Iterator[Finding]:
    if "nginx" in node.text():
        yield Finding(f"{node.path} is {node.text()!r}", "class")


def _nginx_controller(subject: Subject) -> Iterator[Finding]:
    if "nginx-proxy" in subject.obj.name:
        yield Finding("the workload is the removed nginx-proxy", "controller")
    for container in subject.containers:
        if _NGINX_IMAGE.search(container.node.at("image").text()):
            yield Finding(f"{container.where} is an nginx ingress controller", "controller")


POLICIES = (
    ResourcePolicy(
        name="tls-only", title="Every router on port 443 has TLS",
        severity=Severity.CRITICAL, tags=("NSA-3",), predicate=tls_only,
        kinds=ROUTERS | WORKLOADS | {"Ingress", "TLSOption"},
        why="A router without TLS on the secure entry point answers in the clear, and old TLS is as good as none.",
        remedy="Name the entry points, give the router a tls section with its certificate for each host, ask for "
        "VersionTLS12 or later, and show the dashboard on an entry point of its own.",
    ),
    ResourcePolicy(
        name="no-open-cors", title="No wildcard or localhost origin",
        severity=Severity.HIGH, tags=("OWASP-A05",), kinds=_MIDDLEWARES, predicate=no_open_origin,
        why="An open origin lets every web page act with the visitor's session.",
        remedy="List the exact https origins of the system's own hosts.",
    ),
    ResourcePolicy(
        name="no-nginx-ingress", title="Traefik is the only ingress",
        severity=Severity.HIGH, tags=("architecture",), predicate=no_nginx,
        kinds=WORKLOADS | {"Ingress", "IngressClass"},
        why="A second ingress is a second way in, without the middlewares of the first.",
        remedy="Remove the nginx class or controller and write an IngressRoute.",
    ),
)  # fmt: skip

"""Ingresses and their classes."""

import re
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import path_segment
from quadrant_platform.policies.validation.network.address_spellings import parse_address

_CLASS_ANNOTATION: Final = "kubernetes.io/ingress.class"
_PATH_TYPES: Final = frozenset({"Exact", "Prefix", "ImplementationSpecific"})
_SCOPES: Final = frozenset({"Cluster", "Namespace"})
_NEVER_IN_PATHS: Final = ("//", "/./", "/../", "%2f", "%2F")
_NEVER_LAST_IN_PATHS: Final = ("/..", "/.")
_CONTROLLER_MOST: Final = 250
_CONTROLLER_PATH = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")


def ingress(one: Field) -> None:
    """Check an Ingress."""
    spec = one.at("spec")
    spec.expect(bool(spec.items("rules")) or spec.has("defaultBackend"), "must have a defaultBackend or rules")
    if spec.has("defaultBackend"):
        _backend(spec.at("defaultBackend"))
    for rule in spec.items("rules"):
        _rule(rule)
    for entry in spec.items("tls"):
        for host in entry.items("hosts"):
            host.check(_host(host.own))
        entry.at("secretName").may(formats.subdomain)
    spec.at("ingressClassName").written(formats.subdomain)
    _class(one)


def _class(one: Field) -> None:
    named, chosen = one.at("metadata").map("annotations").get(_CLASS_ANNOTATION), one.at("spec").get("ingressClassName")
    if isinstance(named, str) and isinstance(chosen, str) and named != chosen:
        # Kubernetes leaves `metadata` out of this path.
        one.named("annotations", f"annotations.{_CLASS_ANNOTATION}").invalid("must match ingressClassName")


def _host(text: str) -> str | None:
    return formats.wildcard_subdomain(text) if "*" in text else formats.subdomain(text)


def _rule(rule: Field) -> None:
    host = rule.text("host")
    if host:
        rule.at("host").expect(parse_address(host) is None, "must be a name, not an address")
        rule.at("host").check(_host(host))
    if not rule.has("http"):
        return
    http = rule.at("http")
    if not http.items("paths"):
        http.at("paths").required("must have a path")
    for path in http.items("paths"):
        _path(path)


def _path(path: Field) -> None:
    kind, text, place = path.get("pathType"), path.text("path"), path.at("path")
    if kind is None:
        path.at("pathType").required("must be Exact, Prefix or ImplementationSpecific")
        return
    if kind in {"Exact", "Prefix"}:
        place.expect(text.startswith("/"), "must begin with '/'")
        place.expect(not any(one in text for one in _NEVER_IN_PATHS), f"must have none of {', '.join(_NEVER_IN_PATHS)}")
        place.expect(not text.endswith(_NEVER_LAST_IN_PATHS), f"must not end in {' or '.join(_NEVER_LAST_IN_PATHS)}")
    elif kind == "ImplementationSpecific":
        place.expect(not text or text.startswith("/"), "must begin with '/'")
    elif isinstance(kind, str):
        path.at("pathType").not_supported(_PATH_TYPES)
    _backend(path.at("backend"))


def _backend(backend: Field) -> None:
    if backend.has("resource") and backend.has("service"):
        backend.invalid("must not have both a resource and a service")
    elif backend.has("resource"):
        _reference(backend.at("resource"))
    elif backend.has("service"):
        _service(backend, backend.at("service"))
    else:
        backend.invalid("must have a service or a resource")


def _service(backend: Field, service: Field) -> None:
    port = service.at("port")
    service.at("name").must(formats.dns_label_1035)
    if port.text("name") and port.number("number"):
        backend.invalid("must not have both a name and a number of the port")
    elif port.text("name"):
        port.at("name").check(formats.port_name(port.text("name")))
    elif port.number("number"):
        port.at("number").check(formats.port_number(port.number("number")))
    elif not any(map(port.is_unknown, ("name", "number"))):
        backend.required("must have a name or a number of the port")


def _reference(reference: Field) -> None:
    reference.at("apiGroup").written(formats.subdomain)
    for key in ("kind", "name"):
        reference.at(key).must(path_segment)


def ingress_class(one: Field) -> None:
    """Check an IngressClass."""
    controller = one.at("spec", "controller")
    controller.at_most(_CONTROLLER_MOST)
    controller.must(_domain_and_path)
    if one.at("spec").has("parameters"):
        _parameters(one.at("spec", "parameters"))


def _domain_and_path(text: str) -> str | None:
    domain, _, path = text.partition("/")
    if not domain or not _CONTROLLER_PATH.fullmatch(path):
        return "must be a domain, '/' and a path of a URL"
    return formats.subdomain(domain)


def _parameters(place: Field) -> None:
    _reference(place)
    scope, namespace = place.at("scope").own if place.has("scope") else "Cluster", place.at("namespace")
    place.at("scope").one_of(_SCOPES)
    if scope == "Cluster" and place.has("namespace"):
        namespace.forbidden("must not be set for the scope Cluster")
    elif scope == "Namespace":
        namespace.must(formats.dns_label)

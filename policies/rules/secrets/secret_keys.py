"""The keys that Secrets of the manifests will have, where all that writes them is here."""

from collections.abc import Callable, Iterator, Mapping

from quadrant_platform.policies.core import Node, Object, StackIndex
from quadrant_platform.policies.core.objects import SECRET_VALUES
from quadrant_platform.policies.rules.secrets.secret_makers import CERTIFICATE, EXTERNAL, SEALED, Name, adders, makers
from quadrant_platform.vocabulary import GENERATED_KEYS_ANNOTATION

_FILLED_TYPES = frozenset({"kubernetes.io/service-account-token"})
_FILLERS = ("secret-generator", "replicator.", "reflector.", "quadrant.dev/template")
"""Parts of annotations by which another controller adds keys to a Secret."""
_CERTIFICATE_KEYS = ("tls.crt", "tls.key", "ca.crt")
_STORE_KEYS = {"jks": ("keystore.jks", "truststore.jks"), "pkcs12": ("keystore.p12", "truststore.p12")}
_FORMAT_KEYS = {"CombinedPEM": "tls-combined.pem", "DER": "key.der"}
Keys = frozenset[str] | None
"""The keys; nothing where there may be others."""


def secret_keys(stack: StackIndex) -> Mapping[Name, frozenset[str]]:
    """Return the keys of the Secrets of which all are known, by namespace and name."""
    added = adders(stack)
    read = {name: [_of(obj) for obj in objects] for name, objects in makers(stack).items() if name not in added}
    return {
        name: frozenset().union(*(one for one in keys if one is not None))
        for name, keys in read.items() if None not in keys
    }  # fmt: skip


def _of(obj: Object) -> Keys:
    reader = _READERS.get((obj.group, obj.kind))
    return reader(obj) if reader else None


def _names(node: Node) -> frozenset[str]:
    return frozenset(key for key, _ in node.entries())


def _of_secret(obj: Object) -> Keys:
    """Return the keys of a plain Secret; one without any is filled by its user."""
    generated = frozenset(obj.annotations.at(GENERATED_KEYS_ANNOTATION).text().split(",")) - {""}
    filled = any(part in key for key, _ in obj.annotations.entries() for part in _FILLERS)
    found = generated.union(*(_names(obj.node.at(field)) for field in SECRET_VALUES))
    return None if filled or not found or obj.node.at("type").text() in _FILLED_TYPES else found


def _of_external(obj: Object) -> Keys:
    spec = obj.node.at("spec")
    template = spec.at("target", "template")
    if any(True for node in (spec.at("dataFrom"), template.at("templateFrom")) for _ in node.items()):
        return None
    written = _names(template.at("data"))
    fetched = frozenset(one.at("secretKey").text() for one in spec.at("data").items())
    return written | fetched if template.at("mergePolicy").text() == "Merge" or not written else written


def _of_sealed(obj: Object) -> Keys:
    spec = obj.node.at("spec")
    return _names(spec.at("encryptedData")) | _names(spec.at("template", "data")) or None


def _of_certificate(obj: Object) -> Keys:
    return frozenset(_certificate_keys(obj.node.at("spec")))


def _certificate_keys(spec: Node) -> Iterator[str]:
    yield from _CERTIFICATE_KEYS
    for store, keys in _STORE_KEYS.items():
        yield from keys if spec.at("keystores", store).present() else ()
    for one in spec.at("additionalOutputFormats").items():
        yield _FORMAT_KEYS.get(one.at("type").text(), "")


_READERS: Mapping[tuple[str, str], Callable[[Object], Keys]] = {
    ("", "Secret"): _of_secret, EXTERNAL: _of_external, SEALED: _of_sealed, CERTIFICATE: _of_certificate,
}  # fmt: skip

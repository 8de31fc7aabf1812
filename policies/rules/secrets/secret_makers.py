"""What makes Secrets: one maker each, with the keys that it is known to write, and certificates renewed in time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from quadrant_platform.policies.core import Finding, Object, ResourcePolicy, Severity, StackIndex, StackPolicy, Subject
from quadrant_platform.policies.core.made_objects import made_of
from quadrant_platform.policies.core.objects import SECRET_VALUES
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.validation.go_durations import go_seconds

CERTIFICATE = ("cert-manager.io", "Certificate")
EXTERNAL = ("external-secrets.io", "ExternalSecret")
SEALED = ("bitnami.com", "SealedSecret")
_PLAIN = ("", "Secret")
_OWNERS = frozenset({
    CERTIFICATE, EXTERNAL, SEALED, _PLAIN, ("onepassword.com", "OnePasswordItem"),
    ("secrets.infisical.com", "InfisicalSecret"), ("secrets.doppler.com", "DopplerSecret"),
    ("isindir.github.com", "SopsSecret"),
    *(("secrets.hashicorp.com", kind) for kind in ("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret")),
})  # fmt: skip
"""Kinds whose controller writes the whole Secret that they name, again and again."""
_SHARED_POLICIES = frozenset({"Merge", "None"})
"""How an ExternalSecret adds to a Secret that something else makes.

Source: external-secrets.io/latest/guides/ownership-deletion-policy.
"""
_TAKEN_OVER = ("sealedsecrets.bitnami.com/managed", "sealedsecrets.bitnami.com/patch")
"""Annotations by which a Secret allows a SealedSecret to write it."""
_DEFAULT_DURATION = 90 * 24 * 3600.0
_SHORTEST = {"duration": 3600.0, "renewBefore": 300.0}
"""What cert-manager's webhook asks of a Certificate."""
Name = tuple[str, str]


def makers(stack: StackIndex) -> Mapping[Name, list[Object]]:
    """Return the objects that each write a whole Secret, by its namespace and name."""
    found = defaultdict[Name, list[Object]](list)
    for obj in stack.objects:
        for name in _written(obj) if not _adds(obj) else ():
            found[name].append(obj)
    return found


def adders(stack: StackIndex) -> frozenset[Name]:
    """Return the Secrets to which an object only adds."""
    return frozenset(name for obj in stack.objects if _adds(obj) for name in _written(obj))


def _written(obj: Object) -> Iterator[Name]:
    made = made_of(obj) if (obj.group, obj.kind) in _OWNERS else None
    for kind, namespace, name in sorted(made.objects) if made else ():
        if kind == "Secret":
            yield namespace, name


def _adds(obj: Object) -> bool:
    """Return whether it only adds to a Secret, or lets another object write it; one without values does."""
    if (obj.group, obj.kind) == EXTERNAL:
        return obj.node.at("spec", "target", "creationPolicy").text() in _SHARED_POLICIES
    if (obj.group, obj.kind) != _PLAIN:
        return False
    taken = any(obj.annotations.at(key).text() == "true" for key in _TAKEN_OVER)
    return taken or not any(True for field in SECRET_VALUES for _ in obj.node.at(field).entries())


def one_maker(stack: StackIndex) -> Iterator[Finding]:
    """Check that every Secret has one maker; the same object in two files is another policy's."""
    for (_, name), objects in makers(stack).items():
        first, *others = {obj.identity: obj for obj in objects}.values()
        for obj in others:
            yield Finding(f"{first.identity} makes the Secret {name!r} too: each undoes the other", "two", obj)


def renewed_in_time(subject: Subject) -> Iterator[Finding]:
    """Check that a certificate is renewed within its duration, as cert-manager's webhook does."""
    if subject.obj.group != CERTIFICATE[0]:
        return
    spec = subject.node.at("spec")
    lengths = {field: go_seconds(spec.at(field).text()) for field in _SHORTEST}
    for field, least in _SHORTEST.items():
        length = lengths[field]
        if length is not None and length < least:
            yield Finding(f"spec.{field} is {spec.at(field).text()}, less than {least / 60:.0f}m", "short")
    duration, before = lengths["duration"], lengths["renewBefore"]
    if before is not None and before >= (_DEFAULT_DURATION if duration is None else duration):
        lifetime = spec.at("duration").text() or "2160h, the default"
        text = f"spec.renewBefore {spec.at('renewBefore').text()} is not less than the duration {lifetime}"
        yield Finding(text, "renewal")


POLICIES = (
    StackPolicy(
        name="one-maker-of-a-secret", title="Each Secret has one maker",
        severity=Severity.HIGH, tags=("reliability",), group=CONSISTENCY, predicate=one_maker,
        why="Two controllers that write one Secret undo each other for ever: certificates are issued again until the "
        "issuer's limit is reached, and pods read now this value, now that.",
        remedy="Give each its own Secret; an ExternalSecret that adds to another's has creationPolicy Merge.",
    ),
    ResourcePolicy(
        name="certificates-renew-in-time", title="Certificates are renewed before they expire",
        severity=Severity.HIGH, tags=("reliability",), kinds=frozenset({"Certificate"}), predicate=renewed_in_time,
        why="cert-manager refuses a certificate that is due for renewal as soon as it is issued, or never gets ready.",
        remedy="Set renewBefore to less than the duration, which is 2160h unless spec.duration says otherwise.",
    ),
)  # fmt: skip

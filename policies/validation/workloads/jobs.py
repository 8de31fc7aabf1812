"""Jobs, by themselves and as templates."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import non_negative
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.pods.pod_spec import pod_template
from quadrant_platform.policies.validation.selectors import label_selector, matches
from quadrant_platform.policies.validation.workloads.job_policies import failure_policy, success_policy
from quadrant_platform.policies.validation.workloads.templates import taken_labels

_MODES: Final = frozenset({"NonIndexed", "Indexed"})
_REPLACEMENTS: Final = frozenset({"Failed", "TerminatingOrFailed"})
_RESTARTS: Final = frozenset({"OnFailure", "Never"})
_NAME_LABELS: Final = ("job-name", "batch.kubernetes.io/job-name")
_ID_LABELS: Final = ("controller-uid", "batch.kubernetes.io/controller-uid")
_MANAGER_MOST: Final = 63
_INDEXED_MOST: Final = 100_000
_MANY_MOST: Final = 10_000


def job(one: Field) -> None:
    """Check a Job."""
    spec = one.at("spec")
    if spec.flag("manualSelector"):
        _manual(spec)
    else:
        _generated(one)
    taken_labels(one, spec.at("template"))
    completions = _completions(spec)
    job_spec(spec, completions)
    if spec.text("completionMode") == "Indexed" and completions:
        wrong = formats.dns_label(f"{one.at('metadata').text('name')}-{completions - 1}")
        named = one.at("metadata").has("name")
        one.at("metadata", "name").check(
            f"must make host names with the number of a pod: {wrong}" if wrong and named else None
        )


def _manual(spec: Field) -> None:
    selector, meta = spec.at("selector"), spec.at("template", "metadata")
    before = selector.reported
    if not spec.has("selector"):
        selector.required("must be set with manualSelector")
        meta.at("labels").follows("must match the selector")
        return
    label_selector(selector)
    if selector.reported == before and not meta.is_unknown("labels"):
        meta.at("labels").expect(matches(selector, meta.map("labels")), "must match the selector")


def _generated(one: Field) -> None:
    """Check that nothing contradicts the selector and the labels that the API server makes."""
    spec, name = one.at("spec"), one.at("metadata").text("name")
    meta, selector = spec.at("template", "metadata"), spec.at("selector")
    written = meta.map("labels")
    made: dict[str, object] = {**dict.fromkeys(_NAME_LABELS, name), **dict.fromkeys(_ID_LABELS, None)}
    for key in (*_NAME_LABELS, *_ID_LABELS):
        wrong = key in written and isinstance(written[key], str) and written[key] != made[key]
        if wrong:
            meta.at("labels").key(key).invalid("must be left to the API server")
    wrong_name = formats.label_value(name)
    if wrong_name:
        spec.at("template").placed("labels", None).invalid(f"the Job's name becomes a label, which {wrong_name}")
    before = selector.reported
    label_selector(selector)
    if selector.reported == before and spec.has("selector"):
        ids = [value for key, value in selector.map("matchLabels").items() if key in _ID_LABELS]
        named = {key: value for key, value in made.items() if value is not None}
        selector.expect(
            not ids and matches(selector, named), "must be left to the API server, or manualSelector be true"
        )
        if ids or not matches(selector, {**named, **written}):
            meta.at("labels").follows("must match the selector")


def _completions(spec: Field) -> int | None:
    """Return how many pods of a Job must succeed; nothing where any one decides."""
    if spec.has("completions"):
        return spec.number("completions")
    return None if spec.has("parallelism") else 1


def job_spec(spec: Field, completions: int | None) -> None:
    """Check the specification of a Job but for its selector; `completions` are how many pods must succeed."""
    non_negative(
        spec, "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
        "backoffLimitPerIndex", "maxFailedIndexes",
    )  # fmt: skip
    manager = spec.get("managedBy")
    if isinstance(manager, str):
        _manager(spec.at("managedBy"), manager)
    _mode(spec, completions)
    if spec.has("maxFailedIndexes") and not spec.has("backoffLimitPerIndex"):
        spec.at("backoffLimitPerIndex").required("must be set with maxFailedIndexes")
    failure_policy(spec)
    spec.at("podReplacementPolicy").one_of({"Failed"} if spec.has("podFailurePolicy") else _REPLACEMENTS)
    pod_template(spec.at("template"))
    _restarts(spec)


def _mode(spec: Field, completions: int | None) -> None:
    mode = spec.get("completionMode")
    spec.at("completionMode").one_of(_MODES)
    if mode == "Indexed":
        _indexed(spec, completions)
        return
    single = mode in {None, "NonIndexed"}
    for key in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy") if single else ("successPolicy",):
        spec.at(key).expect(not spec.has(key), "needs the completionMode Indexed")


def _manager(place: Field, text: str) -> None:
    domain, slash, path = text.partition("/")
    if not text:
        place.required()
    elif not (slash and domain and path):
        place.invalid("must be a domain, '/' and a path")
    else:
        place.check(formats.subdomain(domain) or formats.url_path(path))
    place.at_most(_MANAGER_MOST)


def _indexed(spec: Field, completions: int | None) -> None:
    failed, place = spec.number("maxFailedIndexes"), spec.at("maxFailedIndexes")
    if completions is None:
        spec.at("completions").required("must be set for the completionMode Indexed")
    else:
        place.expect(failed <= completions, "must be at most completions")
    most = _INDEXED_MOST
    if completions is not None and completions > _INDEXED_MOST and spec.has("backoffLimitPerIndex"):
        most = _MANY_MOST
        if not spec.has("maxFailedIndexes"):
            place.required(f"must be set where completions is above {_INDEXED_MOST}")
    place.expect(failed <= most, f"must be at most {most}")
    spec.at("parallelism").expect(spec.number("parallelism") <= most, f"must be at most {most}")
    if completions is not None:
        success_policy(spec, completions)


def _restarts(spec: Field) -> None:
    pods = spec.at("template", "spec")
    policy, place = pods.text("restartPolicy", "Always"), pods.at("restartPolicy")
    if policy == "Always":
        place.required("must be OnFailure or Never")
    elif policy not in _RESTARTS:
        place.not_supported(_RESTARTS)
    else:
        place.expect(policy == "Never" or not spec.has("podFailurePolicy"), "must be Never with a podFailurePolicy")

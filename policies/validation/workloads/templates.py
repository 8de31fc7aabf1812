"""How workloads select the pods that their templates make."""

from typing import Final

from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import labels
from quadrant_platform.policies.validation.pods.pod_spec import pod_template
from quadrant_platform.policies.validation.selectors import is_empty, label_selector, matches

_ALWAYS: Final = "Always"


def selected_template(spec: Field, claims: frozenset[str] = frozenset()) -> bool:
    """Check selector and template of a workload; `claims` are the volumes that a StatefulSet adds.

    Return whether the API server looks at the template: it does not where the selector cannot be used.
    """
    selector, template = spec.at("selector"), spec.at("template")
    before = selector.reported
    if not spec.has("selector"):
        selector.required("must select the pods of the template")
        template.at("metadata", "labels").follows("must match the selector")
    elif is_empty(selector):
        selector.invalid("must not be empty: it selects no pods of its own")
    else:
        label_selector(selector)
    if spec.has("selector") and not is_empty(selector) and selector.reported > before:
        selector.follows("must be a selector")
        return False
    matching(spec)
    pod_template(template, claims)
    return True


def matching(spec: Field) -> None:
    """Check that the template's labels are those that are selected."""
    selector, meta = spec.at("selector"), spec.at("template", "metadata")
    if spec.has("selector") and not meta.is_unknown("labels"):
        fits = matches(selector, meta.map("labels"))
        meta.at("labels").expect(fits, "must match the selector")


def restarted(template: Field) -> None:
    """Check that pods are replaced for ever."""
    spec = template.at("spec")
    if spec.text("restartPolicy", _ALWAYS) != _ALWAYS:
        spec.at("restartPolicy").not_supported({_ALWAYS})
    if spec.has("activeDeadlineSeconds"):
        spec.at("activeDeadlineSeconds").forbidden("must not be set, since its pods run for ever")


def taken_labels(one: Field, template: Field) -> None:
    """Check the labels that an object without any takes from its template."""
    own = Field({"labels": template.at("metadata").get("labels")}, [])
    labels(own)
    if own.reported and not one.at("metadata").get("labels"):
        one.at("metadata", "labels").follows("must be labels: these are those of the template")

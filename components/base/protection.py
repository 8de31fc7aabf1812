"""Protection of objects that hold data, from every change that would delete them."""

import pulumi

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.data_objects import holds_data
from quadrant_platform.model.expansion.retention import Retention
from quadrant_platform.places import place_of
from quadrant_platform.vocabulary import RELEASED_ANNOTATION


def is_kept(retention: Retention, holder: str, manifest: Manifest) -> bool:
    """Return whether an object of a holder has data that may not go."""
    if manifest["kind"] == "Namespace":
        return retention.keeps_namespace(manifest["metadata"]["name"])
    return retention.active and holds_data(manifest) and not retention.releases(holder, place_of(manifest["metadata"]))


def claim_options(
    adopting: pulumi.ProviderResource | None, retention: Retention, holder: str, manifest: Manifest
) -> pulumi.ResourceOptions:
    """Return how the engine treats a claim, in every environment.

    It takes over one that is there, as a StatefulSet's controller does, and leaves one that is no longer wanted, such
    as that of a copy less, unless it is released: so what it took over is never what it then deletes. No claim is
    replaced, and thus emptied, for a field that Kubernetes never changes.
    """
    return pulumi.ResourceOptions(
        provider=adopting,
        retain_on_delete=None if retention.releases(holder, place_of(manifest["metadata"])) else True,
        ignore_changes=["spec.accessModes", "spec.storageClassName"],
    )


def marked(retention: Retention, holder: str, manifest: Manifest) -> Manifest:
    """Return an object, marked where its data may go: who applies without the engine has no other memory of it."""
    if not (holds_data(manifest) and retention.releases(holder, place_of(manifest["metadata"]))):
        return manifest
    annotations = {**manifest["metadata"].get("annotations", {}), RELEASED_ANNOTATION: "true"}
    return {**manifest, "metadata": {**manifest["metadata"], "annotations": annotations}}

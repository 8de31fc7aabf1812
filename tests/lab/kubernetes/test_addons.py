"""The add-ons run from the lab's own images, and all that is waited for is among them."""

import json
from pathlib import Path

import pytest

from quadrant_platform.lab.build.catalogue import IMAGES
from quadrant_platform.lab.kubernetes import addons
from quadrant_platform.lab.machine.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "lab")


def test_every_addon_runs_an_image_that_the_lab_makes(home: Home) -> None:
    pods = [one["spec"]["template"]["spec"] for one in addons.objects(home) if one["kind"] == "Deployment"]
    used = {container["image"] for pod in pods for container in pod["containers"]}
    assert used <= {*addons.IMAGES} <= {*IMAGES}, "no registry can be reached"
    policies = {container["imagePullPolicy"] for pod in pods for container in pod["containers"]}
    assert policies == {"IfNotPresent"}, "the node must not try to pull what it has"
    classes = {pod.get("priorityClassName") for pod in pods}
    assert classes == {"system-cluster-critical"}, "a system's pods must not push out what they need themselves"


def test_every_addon_that_is_waited_for_is_there(home: Home) -> None:
    objects = addons.objects(home)
    deployments = {
        (one["metadata"].get("namespace"), one["metadata"]["name"]) for one in objects if one["kind"] == "Deployment"
    }
    assert deployments == {*addons.WORKLOADS}, "the lab is up when all of them are"
    assert "$" not in json.dumps([one for one in objects if one["kind"] == "Service"]), "every value is filled in"
    accounts = {one["metadata"]["name"] for one in objects if one["kind"] == "ServiceAccount"}
    pods = [one["spec"]["template"]["spec"] for one in objects if one["kind"] == "Deployment"]
    assert {pod["serviceAccountName"] for pod in pods} <= accounts, "a pod whose account is missing never starts"

"""The real pulumi and quadrant, each in a copy of the checkout with a backend and a home of their own."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.checkout import copy_checkout

STATE = "state"
"""The folder of the backend, and of what quadrant keeps on a machine."""
TAIL = 6000
QUADRANT = "from quadrant_platform.commands.cli import main; main()"
OWN = ("PULUMI_", "QUADRANT_", "KUBE", "XDG_STATE_HOME")
"""Variables of the caller that would change what a test runs."""
PROVIDERS = ("kubernetes", "random")
DONE = {"creat": "create", "updat": "update", "replac": "replace", "delet": "delete"}
COUNTED = re.compile(rf"^ +[-+~]+ *(\d+) (?:to )?({'|'.join(DONE)})", re.MULTILINE)
POLICIES = ("--policy-pack", "policies")
PASSPHRASE = "a passphrase of the tests"


@dataclass(frozen=True)
class Run:
    """How a command ended and everything that it printed."""

    code: int
    text: str

    @property
    def tail(self) -> str:
        """The end, where an error is."""
        return self.text[-TAIL:]

    @property
    def violations(self) -> list[str]:
        """The lines in which a policy speaks, also one that only advises."""
        return [line.strip() for line in self.text.splitlines() if "[mandatory]" in line or "[advisory]" in line]

    @property
    def changes(self) -> dict[str, int]:
        """The number of resources by what was done, or would be: `create`, `update`, `replace`, `delete`."""
        return {DONE[word]: int(number) for number, word in COUNTED.findall(self.text)}


@dataclass(frozen=True)
class Engine:
    """A user at a checkout."""

    checkout: Path
    environment: Mapping[str, str]

    def run(self, *command: str, **variables: str) -> Run:
        """Return how a command of the user ends."""
        environment = {**self.environment, **variables}
        done = subprocess.run(
            command, cwd=self.checkout, env=environment, stdin=subprocess.DEVNULL, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return Run(done.returncode, done.stdout)

    def need(self, *command: str, **variables: str) -> str:
        """Return what a command prints; it must succeed."""
        done = self.run(*command, **variables)
        assert done.code == 0, f"{' '.join(command)} ended with {done.code}:\n{done.tail}"
        return done.text

    def pulumi(self, *words: str, **variables: str) -> Run:
        """Return how a pulumi command ends."""
        return self.run("pulumi", *words, "--non-interactive", **variables)

    def quadrant(self, *words: str, **variables: str) -> Run:
        """Return how a quadrant command ends."""
        return self.run(*self.quadrant_command(*words), **variables)

    def quadrant_command(self, *words: str) -> tuple[str, ...]:
        """Return the command line of quadrant in this checkout."""
        return (str(self.checkout / ".venv" / "bin" / "python"), "-c", QUADRANT, *words)

    def stack(self, name: str, kubeconfig: Path) -> None:
        """Make a stack that goes to a cluster."""
        self.need("pulumi", "stack", "init", name)
        self.need("pulumi", "config", "set", "quadrant:kubeconfig", str(kubeconfig), "--stack", name)

    def exported(self, stack: str) -> list[dict[str, Any]]:
        """Return the resources of a stack's state."""
        document = json.loads(self.need("pulumi", "stack", "export", "--stack", stack))
        return list(document["deployment"].get("resources", ()))

    def forget(self, stack: str, *ends: str) -> None:
        """Let a state forget resources by the ends of their URNs, as if it had never heard of them."""
        document = json.loads(self.need("pulumi", "stack", "export", "--stack", stack))
        resources = document["deployment"]["resources"]
        gone = {one["urn"] for one in resources if one["urn"].endswith(ends)}
        assert len(gone) == len(ends), f"one each: {gone}"
        document["deployment"]["resources"] = [one for one in resources if one["urn"] not in gone]
        for one in resources:
            one["dependencies"] = [urn for urn in one.get("dependencies") or () if urn not in gone]
            one.pop("propertyDependencies", None)
        file = self.checkout.parent / "state.json"
        file.write_text(json.dumps(document), "utf-8")
        self.need("pulumi", "stack", "import", "--file", str(file), "--stack", stack)


def problem() -> str | None:
    """Return why the engine cannot run here; None where it can."""
    if shutil.which("pulumi") is None:
        return "pulumi is not on PATH"
    plugins = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi"), "plugins")
    for name in PROVIDERS:
        if shutil.which(f"pulumi-resource-{name}") is None and not any(plugins.glob(f"resource-{name}-*")):
            return f"its provider {name} is neither on PATH nor in {plugins}"
    return None


def new_engine(folder: Path) -> Engine:
    """Return a user with a new checkout, an empty backend and a passphrase."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OWN)}
    home, state, checkout = folder / "home", folder / STATE, folder / "checkout"
    for place in (home, state, checkout):
        place.mkdir(parents=True)
    installed = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi"), "plugins")
    if installed.is_dir():
        (home / "plugins").symlink_to(installed)
    own = {
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "XDG_STATE_HOME": str(folder / "machine"),
        # The program and the policy pack must come from the copy, whatever their environment has installed.
        "PYTHONPATH": str(checkout),
        "NO_COLOR": "1",
    }
    return Engine(copy_checkout(checkout), {**kept, **own})

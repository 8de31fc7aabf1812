"""A second lab beside the first, in namespaces of its own: it may be killed and removed without harm."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from quadrant_platform.lab.build import image_builds, program_builds
from quadrant_platform.lab.kubernetes import addons, control_plane, node
from quadrant_platform.lab.machine.home import Home
from tests.cluster.cluster import eventually
from tests.style.sources import ROOT

CGROUPS = Path("/sys/fs/cgroup")
CGROUP = f"quadrant-tests-{os.getpid()}"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Beside:
    """A machine of its own for a lab of its own."""

    home: Home
    shell: subprocess.Popen[str]

    def run(self, *command: str) -> Done:
        """Run a command there."""
        out, err = self.home.root / "out", self.home.root / "err"
        assert self.shell.stdin is not None, "commands go through a pipe"
        assert self.shell.stdout is not None, "exit codes come through a pipe"
        settings = f"cd {ROOT} && export QUADRANT_LAB_HOME={self.home.root}"
        self.shell.stdin.write(f"{{ {settings} && {shlex.join(command)}; }} > {out} 2> {err}\n")
        self.shell.stdin.flush()
        code = self.shell.stdout.readline().strip()
        return Done(int(code or -1), out.read_text("utf-8"), err.read_text("utf-8"))

    def lab(self, *arguments: str) -> Done:
        """Run the command lab there."""
        return self.run(sys.executable, "-m", "quadrant_platform.lab", *arguments)

    def killed(self, seconds: int, command: str) -> Done:
        """Run a command of the lab there, killed after so many seconds."""
        lab = (sys.executable, "-m", "quadrant_platform.lab", command)
        return self.run("timeout", "--signal=KILL", str(seconds), *lab)

    def kubectl(self, *arguments: str) -> Done:
        """Ask the cluster there."""
        return self.run(str(self.home.bin / "kubectl"), *arguments, f"--kubeconfig={self.home.state / 'kubeconfig'}")


def unable() -> str | None:
    """Why this machine cannot have a second one beside it; None where it can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    if not (CGROUPS / "memory").is_dir():
        return "only the first version of cgroups allows a second tree of them"
    return None


@contextmanager
def beside(folder: Path) -> Iterator[Beside]:
    """A machine whose lab has all programs and images, and nothing else."""
    built, home = Home.here(), Home(folder / "lab")
    program_builds.ensure((*control_plane.PROGRAMS, *node.PROGRAMS), built, print)
    image_builds.ensure((*node.IMAGES, *addons.IMAGES), built, print)
    for source, target in ((built.bin, home.bin), (built.images, home.images)):
        shutil.copytree(source, target, symlinks=True, copy_function=_linked)
    (folder / "logs").mkdir()
    command = [str(Path(__file__).with_suffix(".sh")), str(folder / "logs"), CGROUP]
    pipe = subprocess.PIPE
    with subprocess.Popen(["bash", *command], stdin=pipe, stdout=pipe, text=True) as shell:
        try:
            yield Beside(home, shell)
        finally:
            shell.kill()
    _forget()


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _forget() -> None:
    """Remove the cgroups, which empty in the kernel's own time."""
    tops = [hierarchy / CGROUP for hierarchy in CGROUPS.iterdir()]
    eventually(lambda: sum(_stays(top) for top in tops) == 0, "the cgroups of the second machine are gone")


def _stays(top: Path) -> bool:
    for place in sorted((top, *top.rglob("*")), reverse=True):
        with suppress(OSError):
            place.rmdir()
    return top.is_dir()

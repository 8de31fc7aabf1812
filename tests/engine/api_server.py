"""A real API server on loopback with all definitions, real controllers, and simulated nodes.

`python -m tests.engine.api_server` prints its kubeconfig and runs until it is ended.
"""

import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from quadrant_platform.documents.problems import Problem
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import program_builds, requirements
from quadrant_platform.lab.kubernetes import authority, control_plane, definitions, kubeconfig
from quadrant_platform.lab.machine import daemons, network_plan
from quadrant_platform.lab.machine.certificates import Authority, CertificateSubject, new_key, private_pem, public_pem
from quadrant_platform.lab.machine.daemons import Daemon
from quadrant_platform.lab.machine.home import Home
from tests.engine import simulated_node

HOST = "127.0.0.1"


@dataclass(frozen=True)
class ApiServer:
    """A running API server, and how it is reached."""

    home: Home

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return kubeconfig.file(self.home)

    @property
    def kubectl(self) -> Kubectl:
        """The program as the administrator, under a manager of its own."""
        return replace(kubeconfig.kubectl(self.home), manager="tests", remedy="")


def problems() -> tuple[Problem, ...]:
    """Return why the server could not run on this machine; empty where it can."""
    lab = Home.here()
    programs = requirements.problems(program_builds.missing(control_plane.PROGRAMS, lab), (), lab)
    return (*programs, *definitions.problems(lab), *simulated_node.problems())


@contextmanager
def serving(folder: Path, say: Say, services: str = network_plan.SERVICES) -> Iterator[ApiServer]:
    """Run an API server with its state in a folder, and the given range of Service addresses."""
    home = Home(folder)
    _link(home, say)
    server = ApiServer(home)
    etcd, api, *others = _daemons(home, services)
    with ExitStack() as running:
        for one in (etcd, api):
            _start(running, one, home)
        ready = ("get", "--raw=/readyz")
        daemons.wait_until(lambda: server.kubectl.run(*ready).code == 0, [etcd, api], home, say)
        definitions.install(home, definitions.SOURCES, _definitions(Home.here(), say))
        server.kubectl.apply([simulated_node.STORAGE_CLASS, *simulated_node.NODES])
        for one in (*others, simulated_node.daemon(server.kubeconfig, say)):
            _start(running, one, home)
        server.kubectl.need("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s")
        yield server


@cache
def _definitions(home: Home, say: Say) -> list[dict[str, Any]]:
    return definitions.all_kinds(home, say)


def _start(running: ExitStack, daemon: Daemon, home: Home) -> None:
    daemons.start(daemon, home)
    running.callback(daemons.stop, home, daemon.name)


def _link(home: Home, say: Say) -> None:
    """Use the lab's programs, with certificates and addresses of our own."""
    lab = Home.here()
    program_builds.ensure(control_plane.PROGRAMS, lab, say)
    home.root.mkdir(parents=True, exist_ok=True)
    home.bin.symlink_to(lab.bin)
    authority.issue(home)
    keys, key = authority.folder(home), new_key()
    subject = CertificateSubject("kube-apiserver", hosts=(*authority.API_SERVER, HOST))
    (keys / "apiserver.key").write_bytes(private_pem(key))
    (keys / "apiserver.crt").write_bytes(public_pem(Authority.load(keys).issue(subject, key)))
    kubeconfig.write(home)


def _daemons(home: Home, services: str) -> Iterator[Daemon]:
    """Yield the lab's control plane at free ports."""
    api, client, peer, controllers, scheduler = _free_ports(5)
    for file in _kubeconfigs(home):
        file.write_text(file.read_text("utf-8").replace(network_plan.API, f"https://{HOST}:{api}"), "utf-8")
    changes: Mapping[str, Mapping[str, str]] = {
        "etcd": {
            "listen-client-urls": f"http://{HOST}:{client}",
            "advertise-client-urls": f"http://{HOST}:{client}",
            "listen-peer-urls": f"http://{HOST}:{peer}",
            "initial-advertise-peer-urls": f"http://{HOST}:{peer}",
            "initial-cluster": f"default=http://{HOST}:{peer}",
        },
        "kube-apiserver": {
            "etcd-servers": f"http://{HOST}:{client}",
            "bind-address": HOST,
            "secure-port": str(api),
            "service-cluster-ip-range": services,
        },
        "kube-controller-manager": {
            "secure-port": str(controllers),
            "concurrent-namespace-syncs": "20",
            # The simulation binds claims; two that bind would take volumes from each other.
            "controllers": "*,-persistentvolume-binder-controller",
        },
        "kube-scheduler": {"secure-port": str(scheduler)},
    }
    for daemon in control_plane.daemons(home):
        yield replace(daemon, command=tuple(_with(daemon.command, changes[daemon.name])))


def _with(command: tuple[str, ...], options: Mapping[str, str]) -> Iterator[str]:
    yield from (word for word in command if word.removeprefix("--").partition("=")[0] not in options)
    yield from (f"--{name}={value}" for name, value in options.items())


def _kubeconfigs(home: Home) -> Iterator[Path]:
    """Yield the kubeconfigs of the administrator and of all parts of the cluster."""
    yield kubeconfig.file(home)
    yield from (kubeconfig.of_party(home, party) for party in kubeconfig.PARTIES)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def main() -> None:
    """Serve until SIGINT or SIGTERM, from a folder that is removed in the end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="engine-api-"))
    try:
        with serving(folder, lambda line: print(line, file=sys.stderr, flush=True)) as server:
            print(server.kubeconfig, flush=True)
            signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

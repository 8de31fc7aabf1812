"""Traefik: what the public instance and the egress instance share: settings, pod and workload."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from quadrant_platform.components.builders.containers import DRAIN, drained, http_probe
from quadrant_platform.components.builders.engine_images import TRAEFIK
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import Mount
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.types import seconds

CONFIG_DIR = "/etc/traefik"
STATIC_FILE = "traefik.yml"
FINISHING = 20
"""Seconds that open requests have to end."""
BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5)
"""Upper bounds in seconds; every latency objective of 100 ms to 2 s is one of them."""

ENCODED = ("Slash", "BackSlash", "NullCharacter", "Semicolon", "Percent", "QuestionMark", "Hash")
"""Characters whose percent-encoded forms Traefik accepts or refuses, each by an option."""


@dataclass(frozen=True)
class Instance:
    """What varies between the two Traefiks."""

    static: Manifest
    dynamic: Mapping[str, Manifest]
    probed: int
    mounts: Sequence[Mount] = ()
    sidecars: Sequence[Manifest] = ()
    token: bool = False

    @property
    def files(self) -> dict[str, str]:
        """Return the text of each file by its name."""
        contents = {STATIC_FILE: self.static, **self.dynamic}
        return {name: yaml.dump(one, Dumper=yaml.CSafeDumper, sort_keys=False) for name, one in contents.items()}


def share(amount: int, copies: int) -> int:
    """Return one copy's share of a limit, rounded up, as every copy counts on its own."""
    return -(-amount // copies)


def go_duration(text: str) -> str:
    """Return a duration as Go reads it, which has no days."""
    return f"{seconds(text) // 3600}h" if "d" in text else text


def rate_limit(average: int, period: str, burst: int, copies: int) -> Manifest:
    """Return one copy's share of a rate; the period stays, as it is the window in which people think."""
    return {"average": share(average, copies), "period": go_duration(period), "burst": share(burst, copies)}


def settings(planned: Planned[Any], probed: str, dropped: Sequence[str] = ()) -> Manifest:
    """Return the static settings of both; options are those of Traefik 3.6 and 3.7.

    `probed` is the entry point that answers the kubelet, `dropped` the fields that stay out of the access log.
    """
    fields: Manifest = {"defaultMode": "keep", "headers": {"defaultMode": "drop", "names": {"User-Agent": "keep"}}}
    if dropped:
        fields["names"] = dict.fromkeys(dropped, "drop")
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": planned.settings.log_level, "format": "json"},
        "accessLog": {"format": "json", "fields": fields},
        "metrics": {
            "prometheus": {
                "entryPoint": "metrics",
                "addEntryPointsLabels": True,
                "addRoutersLabels": True,
                "addServicesLabels": True,
                "buckets": list(BUCKETS),
            }
        },
        "ping": {"entryPoint": probed},
    }


def transport(read_timeout: str = "60s") -> Manifest:
    """Return an entry point's timeouts; no new request comes any more when Traefik learns that it has to stop."""
    return {
        "lifeCycle": {"graceTimeOut": f"{FINISHING}s"},
        "respondingTimeouts": {"readTimeout": read_timeout, "idleTimeout": "180s"},
    }


def paths(*, encoded: bool) -> Manifest:
    """Return what an entry point does with paths, as Traefik's defaults have changed.

    Dots and repeated slashes are resolved before a route is chosen. Encoded separators are refused where routes are
    guarded: a backend that decodes them sees another path than the one by which the route was chosen.
    """
    return {"sanitizePath": True, "encodedCharacters": {f"allowEncoded{name}": encoded for name in ENCODED}}


def internal(port: int) -> Manifest:
    """Return an entry point of Traefik's own pages."""
    return {"address": f":{port}", "http": paths(encoded=False)}


def manifests(w: Workload, instance: Instance, metrics_service: str) -> Iterator[Manifest]:
    """Yield what each Traefik consists of: account, configuration, workload, budget and monitor."""
    yield w.account()
    yield w.config_map("config", instance.files)
    yield w.deployment(pod(w, instance))
    if w.planned.copies > 1:
        yield w.budget()
    scraped = w.ports["metrics"]
    yield w.service(metrics_service, {scraped.number: scraped})
    yield w.service_monitor()


def pod(w: Workload, instance: Instance) -> Manifest:
    """Return the pod; changed files roll it, as a watched file in a ConfigMap is noticed once only."""
    config = {"name": "config", "configMap": {"name": f"{w.name}-config", "defaultMode": 0o444}}
    mounts = [Mount(CONFIG_DIR, config), *instance.mounts]
    container = w.container(
        TRAEFIK,
        command=("traefik",),
        args=(f"--configFile={CONFIG_DIR}/{STATIC_FILE}",),
        probes=w.probes(http_probe("/ping", instance.probed)),
        mounts=mounts,
    )
    texts = instance.files.values()
    running = drained(container), *instance.sidecars
    grace = DRAIN + FINISHING + 5
    return w.pod(*running, mounts=mounts, token=instance.token, texts=texts, grace=grace)

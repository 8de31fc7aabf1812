"""The images of the lab: for each name that manifests use, what it is made of."""

from __future__ import annotations

from pathlib import Path

from quadrant_platform.lab.build.archive import Start
from quadrant_platform.lab.build.image import Image

SHELL = tuple("base-files coreutils dash findutils grep gzip hostname libc-bin sed tar".split())
POSTGRESQL = (*SHELL, "postgresql-17")
POSTGRESQL_START = Start(path="/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
"""Debian's own commands on PATH are wrappers that look for its own clusters."""
WEB = tuple(
    f"python3-{name}" for name in "httpx prometheus-client psycopg psycopg-pool redis starlette uvicorn yaml".split()
)
BYTE_CODE = 'chroot "$1" python3 -m compileall -q --invalidation-mode=unchecked-hash /usr/lib'
"""Pods cannot write it themselves, and would start seconds later; unchecked, because layers keep no dates."""
SAMPLE = "quadrant.dev/sample:1.0.0"
SAMPLE_FOLDER = Path(__file__).parent.parent / "sample"
PAUSE = "registry.k8s.io/pause:3.10"
CERT_MANAGER = "quay.io/jetstack/cert-manager-controller:v1.11.5"
BACKUP_TOOLS = "docker.io/pinky-promise/backup-tools:17.6"


def _one(name: str, program: str) -> Image:
    """Return an image of one program that needs nothing else."""
    place = f"/usr/bin/{program}"
    return Image(name, programs={place: program}, start=Start(entrypoint=(place,)))


ENGINES = (
    Image(
        "docker.io/library/postgres:17.6",
        (*POSTGRESQL, "gpg", "gpg-agent"),
        accounts={"postgres": 999},
        start=POSTGRESQL_START,
    ),
    Image("docker.io/library/redis:7.2.11", (*SHELL, "redis-server"), accounts={"redis": 999}),
    Image("docker.io/edoburu/pgbouncer:v1.24.1-p1", (*SHELL, "pgbouncer")),
    Image("ghcr.io/versity/versitygw:v1.8.0", SHELL, programs={"/usr/bin/versitygw": "versitygw"}),
    Image(
        "docker.io/library/traefik:v3.7.13",
        SHELL,
        programs={"/usr/bin/traefik": "traefik"},
        start=Start(entrypoint=("traefik",)),
    ),
    Image(
        "docker.io/library/busybox:1.37.0",
        ("base-files", "busybox", "libc6", "netcat-openbsd"),
        # A link for each applet, made by the program itself; Debian leaves -z out of the applet nc.
        ('chroot "$1" /usr/bin/busybox --install -s',),
        links={"/usr/bin/nc": "nc.openbsd"},
        start=Start(entrypoint=("sh",)),
    ),
    Image(
        BACKUP_TOOLS,
        (*POSTGRESQL, "awscli"),
        accounts={"backup": 10001},
        start=POSTGRESQL_START,
    ),
)
EXPORTERS = (
    Image(
        "docker.io/oliver006/redis_exporter:v1.74.0",
        ("base-files", "prometheus-redis-exporter"),
        links={"/redis_exporter": "/usr/bin/prometheus-redis-exporter"},
        start=Start(entrypoint=("/redis_exporter",)),
    ),
    _one("quay.io/prometheuscommunity/postgres-exporter:v0.17.1", "postgres_exporter"),
    _one("quay.io/prometheuscommunity/pgbouncer-exporter:v0.10.2", "pgbouncer_exporter"),
)
CLUSTER = (
    _one(PAUSE, "pause"),
    _one("docker.io/coredns/coredns:1.15.0", "coredns"),
    _one("docker.io/rancher/local-path-provisioner:v0.0.30", "local-path-provisioner"),
    _one("registry.k8s.io/metrics-server/metrics-server:v0.9.0", "metrics-server"),
    _one(CERT_MANAGER, "cert-manager-controller"),
    _one("quay.io/prometheus-operator/prometheus-operator:v0.85.0", "prometheus-operator"),
    _one("quay.io/prometheus-operator/prometheus-config-reloader:v0.85.0", "prometheus-config-reloader"),
    Image(
        "quay.io/prometheus/prometheus:v2.53.3",
        (*SHELL, "prometheus"),
        start=Start(entrypoint=("/bin/prometheus",), folder="/prometheus"),
    ),
    Image(
        "quay.io/prometheus/alertmanager:v0.28.1",
        (*SHELL, "prometheus-alertmanager"),
        links={"/usr/bin/alertmanager": "prometheus-alertmanager"},
        start=Start(entrypoint=("/bin/alertmanager",), folder="/alertmanager"),
    ),
)
APPLICATION = Image(
    SAMPLE,
    (*SHELL, "python3", *WEB),
    # Psycopg looks libpq up in the cache of libraries.
    ('chroot "$1" ldconfig', BYTE_CODE),
    folders={"/usr/lib/sample/sample": SAMPLE_FOLDER},
    start=Start(entrypoint=("python3", "-m", "sample"), environment={"PYTHONPATH": "/usr/lib/sample"}),
)
IMAGES = {image.name: image for image in (*ENGINES, *EXPORTERS, *CLUSTER, APPLICATION)}
UNPUBLISHED = frozenset({SAMPLE, BACKUP_TOOLS, CERT_MANAGER})
"""Images that no registry has as the manifests start them: cert-manager's own has its program elsewhere."""
ABSENT = {
    "docker.io/apache/kafka:4.1.0": "its program is neither a Go module nor a Debian package",
    "docker.io/clickhouse/clickhouse-server:25.8.2.29": "its program is neither a Go module nor a Debian package",
}
"""Engines that the lab cannot make, each with the reason; their workloads stay out of it."""

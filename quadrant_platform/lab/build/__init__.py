"""The lab's programs and images, made on this machine once and kept.

    binaries.ensure(names, home, say) -> dict[name, Path]   compiles what is missing; names: `PROGRAMS` of programs.py
    images.ensure(names, home, say) -> dict[name, Path]     archives for `ctr -n k8s.io images import`
    images.problems(names, home, programs) -> tuple[Problem, ...]   why the machine cannot make them; empty: it can
    debian.missing() -> tuple[str, ...]                     host packages that the lab needs and the machine lacks
    debian.problems(packages) -> tuple[Problem, ...]        why they cannot be installed; empty: they can
    debian.install(packages, home, say)                     `apt-get install` of these

`say(line)` hears what each step waits for. An image is known by the name that manifests use (`redis:7.2.11` and
`docker.io/library/redis:7.2.11` are one). A name that the catalogue lacks, or a machine that cannot build, raises
BadInput before anything changes; a build that fails raises `failure.BuildFailed`, which names its log.
Everything is content-addressed, appears under its final name by one rename, and is built under a lock.
"""

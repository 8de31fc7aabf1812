"""The lab's programs and images, made on this machine once and kept.

    program_builds.ensure(names, home, say) -> dict[name, Path]   compile what is missing of `PROGRAMS` in go_modules.py
    image_builds.ensure(names, home, say) -> dict[name, Path]     archives for `ctr -n k8s.io images import`
    image_builds.problems(names, home, programs) -> tuple[Problem, ...]   why the machine cannot make them
    debian.missing() -> tuple[str, ...]                           host packages that the lab needs and the machine lacks
    debian.problems(packages) -> tuple[Problem, ...]              why they cannot be installed
    debian.install(packages, home, say)                           install them with `apt-get install`

`say(line)` receives a line for each step that takes long. An image has the name that manifests use (`redis:7.2.11` and
`docker.io/library/redis:7.2.11` are one). A name that the catalogue lacks, or a machine that cannot build, raises
`BadInput` before anything changes; a build that fails raises `failure.BuildFailed`, which names its log.
Everything is content-addressed, appears under its final name by one rename, and is built under a lock.
"""

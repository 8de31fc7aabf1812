"""What a stack's manifests give the stand-in of a service: its command line and its files."""

import re

import yaml

from quadrant_platform.lab.sample.invocation import Files, Settings, parsed
from quadrant_platform.model.expansion.plan import Plan, plan
from quadrant_platform.model.expansion.programs import Program
from quadrant_platform.model.loader import load_environment, load_system, system_file
from quadrant_platform.model.schema.service import ContainerSpec

IMAGE = "registry.example.com/sample:1.0.0"
REFERENCE = re.compile(r"\$\{([^}]+)\}")


def planned(system: str, stage: str) -> Plan:
    """A system's plan with a stand-in; prod's addresses of external databases are of no interest here."""
    loaded = load_system(system_file(system))
    outside = {name: {"primary": "192.0.2.1/32"} for name in loaded.external_databases} if stage == "prod" else {}
    return plan(loaded, load_environment(stage, {"standIn": IMAGE, "externalDatabases": outside}))


def program(of: Plan, name: str) -> Program:
    """What a service or a job runs."""
    return (of.services.get(name) or of.jobs[name]).program


def settings(of: Plan, name: str) -> Settings:
    """The settings that the arguments give."""
    return parsed(program(of, name).args)[1]


def found(of: Plan, process: ContainerSpec) -> Files:
    """The files that the pod mounts; a generated value names its secret."""
    configs = [of.configs[name] for name in process.config]
    texts = [config.text for config in configs if config.spec.variable == "CONFIG_PATH"]
    secrets = {
        key: REFERENCE.sub(r"value-of-\1", made.compose) if made.compose else f"value-of-{name}"
        for name in process.secrets
        for key, made in of.system.secrets[name].keys.items()
    }
    return Files(yaml.safe_load(texts[0]) if texts else None, secrets)

"""The pack's configuration file, in the format of the engine's `--policy-pack-config`, and its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from quadrant_platform.documents.document import read_document
from quadrant_platform.documents.problems import BadInput, KeyPath, Problem, did_you_mean
from quadrant_platform.documents.schema_errors import explain
from quadrant_platform.policies.configuration.config import Config, Setting, settings_of
from quadrant_platform.policies.configuration.exemptions import Exemption, ExemptionRow
from quadrant_platform.policies.core.policy import StackPolicy
from quadrant_platform.policies.core.violation import Level
from quadrant_platform.policies.pack import POLICIES

ALL = "all"

T = TypeVar("T", bound=BaseModel)


class Common(BaseModel):
    """What can be said of all policies together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enforcement_level: Level | None = Field(None, alias="enforcementLevel", description="how hard it is enforced")


class PolicyBlock(Common):
    """What can be said of every policy."""

    exempt: tuple[ExemptionRow, ...] = Field((), description="objects that are spared, with a reason and an end")


@cache
def names() -> dict[str, tuple[str, ...]]:
    """The policies that the engine knows, groups among them, each with the policies that it stands for."""
    found: dict[str, tuple[str, ...]] = {}
    for policy in POLICIES.values():
        name = policy.group.name if isinstance(policy, StackPolicy) else policy.name
        found[name] = (*found.get(name, ()), policy.name)
    return found


@cache
def _block(name: str) -> type[PolicyBlock]:
    """The model of what can be said of one policy or group."""
    own: dict[str, Any] = {setting.field: (setting.type, _field(setting)) for setting in settings_of(name)}
    title = name.title().replace("-", "")
    about = f"{', '.join(names()[name])}" if names()[name] != (name,) else POLICIES[name].title
    return create_model(title, __base__=PolicyBlock, __doc__=f"{about}.", **own)


def _field(setting: Setting) -> Any:
    shown = {"default": _plain(setting.default)}
    return Field(setting.default, alias=setting.switch.key, description=setting.switch.about, json_schema_extra=shown)


def _plain(value: Any) -> Any:
    """A default as JSON has it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value if isinstance(value, bool | int | float | str | list | None) else str(value)


def schema() -> dict[str, Any]:
    """The JSON schema of a file."""
    blocks: dict[str, Any] = {ALL: (Level | Common, Common())}
    for name in names():
        blocks[name.replace("-", "_")] = (
            Level | _block(name),
            Field(PolicyBlock(), alias=name, json_schema_extra=_hidden),
        )
    about = "A configuration of the policy pack: by policy, or by group of stack policies."
    model = create_model("PolicyConfig", __config__=ConfigDict(extra="forbid"), __doc__=about, **blocks)
    return model.model_json_schema(by_alias=True)


def _hidden(shown: dict[str, Any]) -> None:
    shown.pop("default", None)


def properties(name: str) -> dict[str, dict[str, Any]]:
    """The JSON schema of each property of one policy or group, as the engine takes it: without references."""
    found = _block(name).model_json_schema(by_alias=True)
    inlined: dict[str, dict[str, Any]] = _inlined(found["properties"], found.get("$defs", {}))
    del inlined["enforcementLevel"]  # the engine's own
    return {**inlined, "exempt": {**inlined["exempt"], "default": []}}


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        node = definitions[node["$ref"].rpartition("/")[2]] | {key: node[key] for key in node if key != "$ref"}
    return {key: _inlined(value, definitions) for key, value in node.items()}


def load(path: Path, config: Config | None = None) -> Config:
    """Return a configuration with a file laid over it; BadInput with every problem and its line."""
    document = read_document(path)
    config = config or Config()
    if document.data is None and not document.problems:
        return config
    if not isinstance(document.data, dict):
        raise BadInput([document.problem((), "expected an object with policies as its keys", "start with `{`")])
    problems = list(document.problems)
    for name in sorted(document.data, key=lambda name: name != ALL):
        try:
            config = _with(config, name, document.data[name])
        except BadInput as error:
            found = (document.problem((name, *one.path), one.what, one.remedy) for one in error.problems)
            problems += found
    if problems:
        raise BadInput(problems)
    return config


def _with(config: Config, name: str, given: Any) -> Config:
    """The configuration with what is said of one policy or group, or of all; a bare text is a level."""
    given = {"enforcementLevel": given} if isinstance(given, str) else given
    if name == ALL:
        level = _parsed(Common, given).enforcement_level
        return replace(config, levels=dict.fromkeys(names(), level) if level else config.levels)
    if name not in names():
        raise BadInput([_stranger(name)])
    return configured(config, name, given)


def _parsed(model: type[T], given: Any) -> T:
    try:
        return model.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        raise BadInput(explain(error, model, given)) from None


def _stranger(name: str) -> Problem:
    policy = POLICIES.get(name)
    if not isinstance(policy, StackPolicy):
        return Problem((), "there is no such policy, nor a group of that name", did_you_mean(name, [*names(), ALL]))
    group = policy.group.name
    what = f"it is judged together with others as {group}, which is what the engine knows it by"
    return Problem((), what, f"write {group!r}; a row of `exempt` there may name the policy")


def configured(config: Config, name: str, given: Any) -> Config:
    """The configuration with what is said of one policy or group; BadInput where it is wrong."""
    block = _parsed(_block(name), given)
    problems = list(_misplaced(name, block))
    if problems:
        raise BadInput(problems)
    rows = tuple(Exemption(**{**row.model_dump(), "policy": row.policy or name}) for row in block.exempt)
    own = {setting.field: getattr(block, setting.field) for setting in settings_of(name)
           if setting.field in block.model_fields_set}  # fmt: skip
    return config.with_block(name, block.enforcement_level, rows, own)


def _misplaced(name: str, block: PolicyBlock) -> Iterator[Problem]:
    """The rows that do not say which policy of a group they mean, or that name another one."""
    members = names()[name]
    for index, row in enumerate(block.exempt):
        path: KeyPath = ("exempt", index)
        if row.policy is None and members != (name,):
            yield Problem(path, f"{name} is a group of policies, and the row names none", f"add policy: {members[0]}")
        elif row.policy not in (None, *members):
            what = f"{row.policy!r} is not judged under {name}"
            yield Problem((*path, "policy"), what, did_you_mean(str(row.policy), members))

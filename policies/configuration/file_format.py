"""The format of a configuration file, that of the engine's `--policy-pack-config`: its schema and its parser."""

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
from quadrant_platform.policies.configuration.levels import Level

ALL = "all"

T = TypeVar("T", bound=BaseModel)


class Common(BaseModel):
    """Settings of all policies together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enforcement_level: Level | None = Field(None, alias="enforcementLevel", description="how hard it is enforced")


class PolicyBlock(Common):
    """Settings of every policy."""

    exempt: tuple[ExemptionRow, ...] = Field((), description="exempted objects, with a reason and an end")


class ConfigurationFormat:
    """A configuration has a block for each policy, or group of stack policies, as the engine names them."""

    def __init__(self, titles: Mapping[str, Mapping[str, str]]) -> None:
        """Take the names that the engine uses, each with the titles of its policies."""
        self.names: Mapping[str, tuple[str, ...]] = {name: tuple(policies) for name, policies in titles.items()}
        self._groups = {policy: name for name, policies in titles.items() for policy in policies if policy != name}
        self._about = {
            name: ", ".join(policies) if tuple(policies) != (name,) else policies[name]
            for name, policies in titles.items()
        }

    def _block(self, name: str) -> type[PolicyBlock]:
        return _block(name, f"{self._about[name]}.")

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a file."""
        blocks: dict[str, Any] = {ALL: (Level | Common, Common())}
        for name in self.names:
            hidden = Field(PolicyBlock(), alias=name, json_schema_extra=_hide_default)
            blocks[name.replace("-", "_")] = (Level | self._block(name), hidden)
        about = "A configuration of the policy pack: by policy, or by group of stack policies."
        model = create_model("PolicyConfig", __config__=ConfigDict(extra="forbid"), __doc__=about, **blocks)
        return model.model_json_schema(by_alias=True)

    def properties(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the JSON schema of each property of one block, as the engine takes it: without references."""
        found = self._block(name).model_json_schema(by_alias=True)
        inlined: dict[str, dict[str, Any]] = _inline(found["properties"], found.get("$defs", {}))
        del inlined["enforcementLevel"]  # the engine's own
        return {**inlined, "exempt": {**inlined["exempt"], "default": []}}

    def load(self, path: Path, config: Config | None = None) -> Config:
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
                config = self._with(config, name, document.data[name])
            except BadInput as error:
                found = (document.problem((name, *one.path), one.what, one.remedy) for one in error.problems)
                problems += found
        if problems:
            raise BadInput(problems)
        return config

    def _with(self, config: Config, name: str, given: Any) -> Config:
        """Return the configuration with one key of a file; a bare text is a level."""
        given = {"enforcementLevel": given} if isinstance(given, str) else given
        if name == ALL:
            level = _parse(Common, given).enforcement_level
            return replace(config, levels=dict.fromkeys(self.names, level) if level else config.levels)
        if name not in self.names:
            raise BadInput([self._unknown(name)])
        return self.with_block(config, name, given)

    def _unknown(self, name: str) -> Problem:
        group = self._groups.get(name)
        if group is None:
            known = [*self.names, ALL]
            return Problem((), "there is no such policy, nor a group of that name", did_you_mean(name, known))
        what = f"it is judged together with others as {group}, the name that the engine uses"
        return Problem((), what, f"write {group!r}; a row of `exempt` there may name the policy")

    def with_block(self, config: Config, name: str, given: Any) -> Config:
        """Return the configuration with the block of one policy or group; BadInput where it is wrong."""
        block = _parse(self._block(name), given)
        problems = list(self._misplaced(name, block))
        if problems:
            raise BadInput(problems)
        rows = tuple(Exemption(**{**row.model_dump(), "policy": row.policy or name}) for row in block.exempt)
        own = {setting.field: getattr(block, setting.field) for setting in settings_of(name)
               if setting.field in block.model_fields_set}  # fmt: skip
        return config.with_block(name, block.enforcement_level, rows, own)

    def _misplaced(self, name: str, block: PolicyBlock) -> Iterator[Problem]:
        """Yield a problem for each row that does not name its policy of a group, or that names another one."""
        members = self.names[name]
        for index, row in enumerate(block.exempt):
            path: KeyPath = ("exempt", index)
            if row.policy is None and members != (name,):
                what = f"{name} is a group of policies, and the row names none of them"
                yield Problem(path, what, f"add policy: {members[0]}")
            elif row.policy not in (None, *members):
                what = f"{row.policy!r} is not judged under {name}"
                yield Problem((*path, "policy"), what, did_you_mean(str(row.policy), members))


@cache
def _block(name: str, about: str) -> type[PolicyBlock]:
    own: dict[str, Any] = {setting.field: (setting.type, _field(setting)) for setting in settings_of(name)}
    return create_model(name.title().replace("-", ""), __base__=PolicyBlock, __doc__=about, **own)


def _field(setting: Setting) -> Any:
    shown = {"default": _plain(setting.default)}
    return Field(setting.default, alias=setting.key, description=setting.switch.about, json_schema_extra=shown)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value if isinstance(value, bool | int | float | str | list | None) else str(value)


def _hide_default(shown: dict[str, Any]) -> None:
    shown.pop("default", None)


def _inline(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        node = definitions[node["$ref"].rpartition("/")[2]] | {key: node[key] for key in node if key != "$ref"}
    return {key: _inline(value, definitions) for key, value in node.items()}


def _parse(model: type[T], given: Any) -> T:
    try:
        return model.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        raise BadInput(explain(error, model, given)) from None

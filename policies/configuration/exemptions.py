"""Exemptions from a policy: each for named objects, with a reason and an end."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_PLACE = ("kind", "namespace", "name", "labels")


class ExemptionRow(BaseModel):
    """One exemption as a configuration writes it. Every field that is given must fit the object."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Text | None = Field(None, description="which stack policy, where the row is under a group of them")
    check: Text | None = Field(None, description="only this check of the policy, such as an upstream one")
    urn: Text | None = Field(None, description="the resource's URN, instead of the four below")
    kind: Text | None = Field(None, description="the object's kind")
    namespace: Text | None = Field(None, description="the object's namespace")
    name: Text | None = Field(None, description="the object's name")
    labels: dict[str, str] = Field(default_factory=dict, description="labels that the object carries")
    reason: Text = Field(description="why the rule does not hold here")
    expires: date = Field(description="the last day of the exemption")

    @model_validator(mode="after")
    def _selects(self) -> Self:
        given = [field for field in _PLACE if getattr(self, field)]
        if self.urn and given:
            raise ValueError(f"urn and {given[0]} are both given; a urn names one object, so leave out {given[0]}")
        if not self.urn and not given:
            raise ValueError(f"it selects every object; give urn, or some of {', '.join(_PLACE)}")
        return self


class Exemption(ExemptionRow):
    """A row with the policy from which it exempts objects."""

    policy: Text

    def __str__(self) -> str:
        place = [str(value) for value in (self.check, self.urn, self.kind, self.namespace, self.name) if value]
        place += [f"{key}={value}" for key, value in sorted(self.labels.items())]
        return f"{self.policy} for {' '.join(place)} until {self.expires}"


EXEMPTIONS: tuple[Exemption, ...] = ()
"""The rows in force for every stack."""

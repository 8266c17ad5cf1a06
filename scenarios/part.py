"""What every part of a scenario is made of: frozen records whose fields say what they mean."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

Lang = Literal["zh", "en"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
"""A short, stable ASCII name such as ``beijing-chief``: it stands in files and addresses."""

Trust = Literal["A", "B", "C", "D", "E"]
"""A government or issued text; B major media; C mirror; D template or upload; E our estimate."""


class Part(BaseModel):
    """A frozen piece of a scenario: unknown keys, NaN and infinity are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True
    )


class Text(Part):
    """A text for people, in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, lang: Lang) -> str:
        """Return the text in one language."""
        return self.zh if lang == "zh" else self.en


class DateRange(Part):
    """Days from ``start`` to ``end``, both included."""

    start: date
    end: date

    @model_validator(mode="after")
    def _ordered(self) -> DateRange:
        if self.end < self.start:
            msg = (
                f"found {self.start} to {self.end}; allowed: an end on or after the start; "
                "give the later day as end"
            )
            raise ValueError(msg)
        return self

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def described(
    zh: str, en: str, *, unit: str | None = None, clause: str | None = None, **constraints: Any
) -> Any:
    """Describe a field: title in both languages, unit, and the clause it comes from.

    Parameters
    ----------
    zh, en
        The title people read, Chinese and English.
    unit
        The unit of a bare number, such as ``"days"`` or ``"yuan"``.
    clause
        Chapter and item of the plan document, such as ``"五㈠"``.
    **constraints
        Passed to :func:`pydantic.Field`: ``default``, ``ge``, ``min_length`` and so on.

    Returns
    -------
    Any
        A pydantic field whose JSON schema carries ``x-unit`` and ``x-clause``.
    """
    extra: JsonDict = {"x-title": {"zh": zh, "en": en}}
    if unit is not None:
        extra["x-unit"] = unit
    if clause is not None:
        extra["x-clause"] = clause
    return Field(title=f"{zh} {en}", json_schema_extra=extra, **constraints)

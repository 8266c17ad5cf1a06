"""The rulebook: every rule with its source, subject and texts, as data (``rulebook.yaml``).

It knows nothing of how a rule is checked or modelled. The audit, the explanation, the pages and
the command line all say a rule's name, clause and words from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from scenarios.part import Text
from scenarios.yamldoc import shipped_yaml

RuleFamily = Literal[
    "leave",
    "presence",
    "visit",
    "group",
    "leader",
    "trip",
    "capacity",
    "placing",
    "obligation",
    "target",
    "wish",
    "table",
]

FAMILIES: tuple[RuleFamily, ...] = get_args(RuleFamily)
"""In the order in which people read them."""


class RuleEntry(BaseModel):
    """One rule.

    Attributes
    ----------
    id
        Stable; findings and conflicts carry it.
    clause
        Chapter and item of the plan document, or a named reading (P9, V5); ``-`` for the form of
        tables.
    subject, period
        What it is asked of, and over what time.
    hard
        A plan must keep it; a soft rule missed is noted.
    weight
        What giving way costs against other rules; 0 where the Office cannot give way.
    name, asks
        A short name, and what the rule asks in a sentence.
    numbers
        Paths in the scenario where the numbers of the rule stand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    clause: str = Field(min_length=1)
    family: RuleFamily
    subject: Literal[
        "person", "bureau", "company", "group", "leader", "trip", "host-unit", "city", "table"
    ]
    period: Literal["day", "visit", "trip", "month", "period", "year", "horizon"]
    hard: bool
    weight: int = Field(ge=0)
    name: Text
    asks: Text
    numbers: tuple[str, ...] = ()

    @property
    def negotiable(self) -> bool:
        """Whether the Office may decide to give way."""
        return self.weight > 0


@cache
def rulebook() -> Mapping[str, RuleEntry]:
    """Return every rule by id, in the order of the file.

    Raises
    ------
    ValueError
        When an entry is no rule, or an id stands twice.
    """
    text = files("planner").joinpath("rulebook.yaml").read_text(encoding="utf-8")
    entries = TypeAdapter(tuple[RuleEntry, ...]).validate_python(shipped_yaml(text))
    book = {entry.id: entry for entry in entries}
    if len(book) != len(entries):
        ids = [entry.id for entry in entries]
        twice = sorted({rule for rule in ids if ids.count(rule) > 1})
        msg = f"rulebook.yaml: found {', '.join(twice)} more than once; allowed: each id once"
        raise ValueError(msg)
    return book


def rule_of(rule: str) -> RuleEntry:
    """Return a rule by its id.

    Raises
    ------
    KeyError
        When the rulebook has no such rule.
    """
    return rulebook()[rule]

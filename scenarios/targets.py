"""Targets of the year, per bureau, with exceptions and replacements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scenarios.part import Identifier, Part, Text, described

Metric = Literal[
    "signed_yuan",
    "registered",
    "funds_yuan",
    "inspections",
    "inspections_principal",
    "inspections_deputy",
    "events",
    "events_led",
    "liaison_items",
]
"""What can be counted of a bureau's year; money in yuan, the rest as counts."""


class Target(Part):
    """One target: at least so much of a metric, for every bureau unless it says otherwise."""

    id: Identifier = described("目标编号", "target id")
    label: Text = described("目标", "target")
    metric: Metric = described("指标", "metric")
    minimum: int = described("最低值", "at least (yuan or count)", ge=0)
    main: bool = described(
        "是否主要目标", "one of the main targets, reported jointly", default=False
    )
    clause: str = described("条款", "clause", default="")
    minimum_by_bureau: dict[Identifier, int] = described(
        "各局另定值", "other minimum for some bureaus", default={}
    )
    not_for: tuple[Identifier, ...] = described("不适用的局", "bureaus it is not for", default=())
    only_for: tuple[Identifier, ...] = described(
        "仅适用的局（空为全部）", "only for these bureaus (empty: all)", default=()
    )
    assumed: bool = described(
        "数值为假定", "the figure is an assumption, not in the document", default=False
    )


@dataclass(frozen=True, slots=True)
class BureauTarget:
    """A target as it stands for one bureau."""

    target: Target
    bureau: str
    minimum: int


def targets_of(targets: tuple[Target, ...], bureau: str) -> tuple[BureauTarget, ...]:
    """Return the targets that hold for one bureau, in the scenario's order."""
    return tuple(
        BureauTarget(target, bureau, target.minimum_by_bureau.get(bureau, target.minimum))
        for target in targets
        if bureau not in target.not_for and (not target.only_for or bureau in target.only_for)
    )

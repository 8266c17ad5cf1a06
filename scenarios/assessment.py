"""The assessment as data: items with weight, metric and rule, and the grades."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from scenarios.part import Identifier, Part, Text, described

Reading = Literal[
    "share-of-total",
    "share-of-total-completers",
    "share-of-best",
    "pro-rata",
    "share-among-completers",
    "share-of-largest",
]
"""Readings A to F of the funds-in-place item (F3r of the field's list of ambiguities)."""


class ProRata(Part):
    """Weight x actual / target, capped at the weight."""

    kind: Literal["pro-rata-capped"] = "pro-rata-capped"
    target: Identifier = described("对应目标", "target id")


class ProRataBonus(Part):
    """Weight x actual / target, and a bonus for each whole step above it."""

    kind: Literal["pro-rata-bonus"] = "pro-rata-bonus"
    target: Identifier = described("对应目标", "target id")
    bonus_per_step: float = described("每步加分", "points a step", ge=0)
    step_percent: float = described("步长(%)", "step above target", unit="percent", gt=0)
    bonus_max: float = described("加分上限", "bonus at most", ge=0)


class RelativeToBest(Part):
    """Weight x own / best of all bureaus."""

    kind: Literal["relative-to-best"] = "relative-to-best"


class Efficacy(Part):
    """Efficacy coefficient: base + (1 - base) x (own - lowest) / (highest - lowest), of weight."""

    kind: Literal["efficacy-coefficient"] = "efficacy-coefficient"
    base_percent: float = described("基础分(%)", "share everyone has", ge=0, le=100, default=60)


class RankFirstElseShare(Part):
    """The first in completion has full marks, the others a share: the reading says of what."""

    kind: Literal["rank-first-full-else-share"] = "rank-first-full-else-share"
    target: Identifier = described("对应目标", "target id")
    reading: Reading = described("口径", "reading", default="share-of-total", clause="七㈠2")
    neighbours: tuple[Reading, ...] = described(
        "并列显示的口径", "readings shown beside it", default=("share-of-best", "pro-rata")
    )
    first_requires_completion: bool = described(
        "第一名须完成任务", "the first place requires completion (F2r)", default=True
    )


class TierStep(Part):
    """From this value on, so many points."""

    at_least: float
    points: float = Field(ge=0)


class TierTable(Part):
    """Points by bands of the metric."""

    kind: Literal["tier-table"] = "tier-table"
    steps: tuple[TierStep, ...] = described("分档", "bands, rising", min_length=1)

    @model_validator(mode="after")
    def _bands_rise(self) -> TierTable:
        starts = [step.at_least for step in self.steps]
        if starts != sorted(set(starts)):
            msg = f"found bands from {starts}; allowed: rising starts, each once; sort the bands"
            raise ValueError(msg)
        return self


class Cliff(Part):
    """Nothing below target; a start value at target and more for each step above it."""

    kind: Literal["cliff"] = "cliff"
    target: Identifier = described("对应目标", "target id")
    at_target_percent: float = described("达标得分(%)", "share at target", ge=0, le=100, default=60)
    step_percent: float = described("步长(%)", "step above target", gt=0, default=10)
    points_per_step: float = described("每步加分", "points a step", ge=0, default=0.5)


class Proportion(Part):
    """Weight x part / whole, such as projects started / projects signed at events."""

    kind: Literal["proportion-deduct"] = "proportion-deduct"
    part: Literal["event_started"] = described("分子", "part")
    whole: Literal["event_signed"] = described("分母", "whole")
    no_data: Literal["full", "zero"] = described(
        "无数据时", "when the whole is 0", default="full", clause="T2"
    )


class EventDeduct(Part):
    """Full marks less deductions, never below the floor."""

    kind: Literal["event-deduct"] = "event-deduct"
    floor: float = described("下限", "floor", default=0.0, clause="D1")
    report_points: float = described(
        "每次迟报漏报扣分",
        "points for each late, missed or false report",
        default=0.5,
        ge=0,
        clause="七㈠4⑴",
    )


class Bonus(Part):
    """So many points for each unit of a metric, up to a cap; outside the base weight."""

    kind: Literal["bonus"] = "bonus"
    points_each: float = described("每项加分", "points each", ge=0)
    cap: float = described("上限", "at most", ge=0)


Rule = Annotated[
    ProRata
    | ProRataBonus
    | RelativeToBest
    | Efficacy
    | RankFirstElseShare
    | TierTable
    | Cliff
    | Proportion
    | EventDeduct
    | Bonus,
    Field(discriminator="kind"),
]

ScoreMetric = Literal[
    "signed_yuan",
    "registered",
    "funds_yuan",
    "inspections",
    "events",
    "liaison_items",
    "start_rate",
    "daily_work",
    "presence_days",
]


class Item(Part):
    """One assessment item: weight, metric, rule, and whom it applies to.

    Bureaus are ranked only among those an item applies to. Whoever it does not apply to, by
    ``applies_to`` or because its target is not theirs, loses nothing: the item is left out and
    the others are scaled up to the same full marks.
    """

    id: Identifier = described("考核项编号", "item id")
    label: Text = described("考核项", "item")
    weight: float = described("分值", "points", ge=0, le=100)
    metric: ScoreMetric = described("指标", "metric")
    rule: Rule = described("计分规则", "scoring rule")
    applies_to: tuple[Identifier, ...] = described(
        "适用的局（空为全部）", "bureaus it applies to (empty: all)", default=()
    )
    clause: str = described("条款", "clause", default="")

    @model_validator(mode="after")
    def _rule_fits(self) -> Item:
        misfits = list(self._misfits())
        if misfits:
            raise ValueError("\n".join(misfits))
        return self

    def _misfits(self) -> Iterator[str]:
        # Two metrics are made of several counts, and one rule each knows how.
        for metric, kind in (("start_rate", "proportion-deduct"), ("daily_work", "event-deduct")):
            if (self.metric == metric) != (self.rule.kind == kind):
                yield (
                    f"found rule '{self.rule.kind}' on metric '{self.metric}'; allowed: "
                    f"'{kind}' on '{metric}', and neither without the other"
                )
        rule = self.rule
        if isinstance(rule, TierTable):
            most = max(step.points for step in rule.steps)
            if most > self.weight:
                yield f"found a band of {most} points; allowed: at most the weight {self.weight}"
        elif isinstance(rule, EventDeduct) and rule.floor > self.weight:
            yield f"found floor {rule.floor}; allowed: at most the weight {self.weight}"
        elif isinstance(rule, Bonus) and self.weight:
            yield (
                f"found weight {self.weight} on a bonus; allowed: 0, a bonus stands outside the "
                "base; its cap says what it is worth"
            )


class Grade(Part):
    """A grade and the score it starts at, compared unrounded (G3)."""

    id: Identifier = described("等次编号", "grade id")
    label: Text = described("等次", "grade")
    at_least: float = described("最低分", "from this score on")


class Assessment(Part):
    """The whole score sheet."""

    items: tuple[Item, ...] = described("考核项", "items", clause="七㈠")
    grades: tuple[Grade, ...] = described("等次", "grades, best first", clause="七㈡", min_length=1)
    conversion: float = described(
        "折算系数", "conversion into the city appraisal (G2)", default=1.0, gt=0, clause="七㈠"
    )

    @model_validator(mode="after")
    def _grades_fall(self) -> Assessment:
        marks = [grade.at_least for grade in self.grades]
        if marks != sorted(marks, reverse=True) or len(set(marks)) != len(marks):
            msg = f"found grades from {marks}; allowed: each lower than the one before, best first"
            raise ValueError(msg)
        return self

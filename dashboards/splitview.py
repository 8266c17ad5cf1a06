"""A split of the money as people see it: odds beside today's, what is fixed, and bars to scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from dashboards import markup
from dashboards.format import chance, count, difference, money, percent, points
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels
from dashboards.markup import NUMBER, Align, Cell, Markup
from dashboards.palette import ACCENT, INK, LINE, MUTED, OUTLOOK, WASH
from dashboards.texts import t
from dashboards.whatif import TARGETS, WhatIf, clear, margins
from planner.plan import Plan
from scenarios.model import Scenario
from scenarios.part import Lang
from sim.case import build_cases, tranches_of
from sim.difference import Difference
from sim.grid import Split

Kind = Literal["targets", "probability", "score", "money"]
TARGETS_UNIT: Final[Kind] = "targets"
CHANCE: Final[Kind] = "probability"
SCORE: Final[Kind] = "score"
MONEY: Final[Kind] = "money"
"""What a difference is of: its unit, and how it is scaled."""

_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class SplitView:
    """A split in the words of one language."""

    scenario: Scenario
    found: WhatIf
    lang: Lang

    @property
    def names(self) -> dict[str, str]:
        """Short names of the bureaus."""
        return bureau_labels(self.scenario, self.lang)

    def sentence(self) -> str:
        """Return what to conclude."""
        found, lang = self.found, self.lang
        targets, joint = found.targets, found.odds("all_bureaus_main")
        told = {
            "targets": f"{targets.b:.2f}",
            "bureaus": len(self.names),
            "n": count(found.n),
            "chance": percent(joint.p, joint.low, joint.high, lang),
        }
        if found.same:
            return t("app.budget.sentence.same", lang, **told)
        told["gain"] = difference(targets.difference, targets.low, targets.high, lang)
        if targets.verdict(margins()) == "different" and clear(targets):
            key = "more" if targets.difference > 0 else "less"
        else:
            key = "unclear" if not clear(targets) else "small"
        return t(f"app.budget.sentence.{key}", lang, margin=f"{TARGETS.margin:g}", **told)

    def tiles(self) -> str:
        """Return the figures that stand beside the sliders."""
        found, lang = self.found, self.lang
        targets, joint = found.targets, found.odds("all_bureaus_main")
        entries = [
            (t("app.budget.targets", lang), f"{targets.b:.2f}", targets, TARGETS_UNIT),
            (
                t("app.budget.everything", lang, n=len(self.names)),
                percent(joint.p, joint.low, joint.high, lang),
                found.difference("all_bureaus_main"),
                CHANCE,
            ),
        ]
        if found.has("score"):
            score = found.difference("score")
            entries.append((t("app.budget.score", lang), points(score.b), score, SCORE))
        spend = found.difference("spend_yuan")
        entries.append((t("app.budget.spend", lang), money(spend.b, lang), spend, MONEY))
        cells = "".join(
            f'<div class="b-tile" role="listitem" style="border-top-color:{LINE}">'
            f'<div class="b-label">{escape(label)}</div><div class="b-value">{escape(value)}</div>'
            f'<div class="b-line">{self._against(own, kind)}</div></div>'
            for label, value, own, kind in entries
        )
        return f'<div class="b-tiles" role="list">{cells}</div>'

    def table(self) -> str:
        """Return every figure of every bureau, with the difference from today's split."""
        lang = self.lang
        head = [t("app.budget.figure", lang), t("app.budget.together", lang), *self.names.values()]
        align: list[Align] = ["text", *[NUMBER] * (len(head) - 1)]
        rows = [self._budgets(), *self._odds(), *self._means(), self._dry()]
        caption = t("app.budget.odds.title", lang)
        return markup.table(head, rows, caption=caption, align=align)

    def _budgets(self) -> list[Cell]:
        found, lang = self.found, self.lang
        cells: list[Cell] = [t("app.budget.budget", lang), money(sum(found.split), lang)]
        for now, then in zip(found.present, found.split, strict=True):
            moved = "" if now == then else f"{'+' if then > now else '−'}{abs(then - now):,}"
            cells.append(_cell(money(then, lang), escape(moved)))
        return cells

    def _odds(self) -> Iterator[list[Cell]]:
        lang = self.lang
        rows = [
            (target.label.get(lang), ("target_everywhere", target.id), target.id)
            for target in sorted(self.scenario.targets, key=lambda target: not target.main)
        ]
        for label, joint, target in rows:
            keys = [("target", bureau, target) for bureau in self.names]
            yield [label, *(self._chance(key) for key in (joint, *keys))]
        keys2 = [("all_main", bureau) for bureau in self.names]
        label = t("app.budget.all_main", lang)
        yield [label, *(self._chance(key) for key in (("all_bureaus_main",), *keys2))]

    def _chance(self, key: tuple[str, ...]) -> Cell:
        if not self.found.has(*key):
            return t("app.not_for", self.lang)
        odds = self.found.odds(*key)
        told = chance(odds.p, odds.low, odds.high, self.lang)
        return _cell(told, self._against(self.found.difference(*key), CHANCE))

    def _means(self) -> Iterator[list[Cell]]:
        if self.found.has("score"):
            keys = [("score",), *(("score", bureau) for bureau in self.names)]
            cells = [self._mean(key, points, SCORE) for key in keys]
            yield [t("app.budget.score", self.lang), *cells]
        keys = [("spend_yuan",), *(("spend_yuan", bureau) for bureau in self.names)]
        cells = [self._mean(key, lambda x: money(x, self.lang), MONEY) for key in keys]
        yield [t("app.budget.spend", self.lang), *cells]

    def _mean(self, key: tuple[str, ...], written: Callable[[float], str], kind: Kind) -> Cell:
        if not self.found.has(*key):
            return t("app.not_for", self.lang)
        own = self.found.difference(*key)
        return _cell(written(own.b), self._against(own, kind))

    def _dry(self) -> list[Cell]:
        lang = self.lang
        cells: list[Cell] = [t("app.budget.dry", lang), "–"]
        for bureau in self.names:
            day = self.found.dry_day[bureau]
            when = "" if day is None else write_day(day, lang, year=False)
            odds, own = self.found.odds("dry", bureau), self.found.difference("dry", bureau)
            told = chance(odds.p, odds.low, odds.high, lang)
            note = escape(t("app.budget.dry_day", lang, day=when)) if when else ""
            cells.append(_cell(told, note, self._against(own, CHANCE)))
        return cells

    def _against(self, own: Difference, kind: Kind) -> str:
        """Return the difference from today's, grey words where it is not clear; nothing if same."""
        return "" if self.found.same else against(own, kind, self.lang)


def against(own: Difference, kind: Kind, lang: Lang) -> str:
    """Return a paired difference as HTML: bold with its unit, or words where it is not clear."""
    if not clear(own):
        return escape(t("app.budget.unclear", lang))
    scale = {CHANCE: _PERCENT, MONEY: 1 / (10_000 if lang == "zh" else 1_000)}.get(kind, 1.0)
    number = difference(own.difference * scale, own.low * scale, own.high * scale, lang)
    unit = t("allocate.money-unit" if kind == MONEY else f"allocate.unit.{kind}", lang)
    said = t("allocate.with-unit", lang, number=number, unit=unit)
    return f"<strong>{escape(said)}</strong>"


def fixed_table(scenario: Scenario, plan: Plan, split: Split, lang: Lang) -> str:
    """Return what of each budget is owed whatever happens, what is free, and how it is paid out."""
    rows: list[list[Cell]] = []
    names = bureau_labels(scenario, lang)
    rented = any(scenario.budget.rent_yuan_per_month.values())
    periods, shares = scenario.periods, scenario.budget.release.shares
    for case, yuan in zip(build_cases(scenario, plan), split, strict=True):
        per_diem = sum(case.per_diem_left_fen[start] for start in case.period_starts) // 100
        rent = case.rent_fen * case.n_months // 100
        tranches = tranches_of(100 * yuan, shares, len(periods))
        rows.append(
            [
                names[case.bureau],
                money(yuan, lang),
                t("app.budget.days", lang, money=money(per_diem, lang), n=sum(case.at_post)),
                *([money(rent, lang)] if rented else []),
                money(yuan - per_diem - rent, lang),
                *(money(fen / 100, lang) for fen in tranches),
            ]
        )
    per_day = t("app.budget.per_diem", lang, yuan=scenario.budget.per_diem_yuan)
    head = [
        t("app.column.bureau", lang),
        t("app.budget.budget", lang),
        per_day,
        *([t("app.budget.rent", lang)] if rented else []),
        t("app.budget.free", lang),
        *(t("app.budget.tranche", lang, period=period.label) for period in periods),
    ]
    caption = t("app.budget.fixed.title", lang)
    align: list[Align] = ["text", *[NUMBER] * (len(head) - 1)]
    return markup.table(head, rows, caption=caption, align=align)


@dataclass(frozen=True, slots=True)
class Bar:
    """What is drawn below a slider, to its scale.

    Attributes
    ----------
    yuan
        The budget.
    first_yuan, last_yuan
        Ends of the slider.
    owed_yuan
        Per-diem and rent, owed whatever happens.
    present_yuan
        What the bureau has today.
    enough_yuan
        From where money hardly ever turns anything away; None where that is not known, or never.
    """

    yuan: int
    first_yuan: int
    last_yuan: int
    owed_yuan: int
    present_yuan: int
    enough_yuan: int | None

    def html(self, lang: Lang) -> str:
        """Return the bar with its words."""
        told = {
            "owed": money(self.owed_yuan, lang),
            "free": money(max(0, self.yuan - self.owed_yuan), lang),
            "now": money(self.present_yuan, lang),
        }
        words = t("app.budget.bar", lang, **told)
        marks = f'<b style="width:{self._at(self.yuan)}"></b>'
        if self.enough_yuan is not None:
            key = "beyond" if self.yuan >= self.enough_yuan else "below"
            words += t(f"app.budget.bar.{key}", lang, enough=money(self.enough_yuan, lang))
            left = self._at(self.enough_yuan)
            marks += f'<u style="left:{left}"></u><i class="b-enough" style="left:{left}"></i>'
        marks += f'<i class="b-now" style="left:{self._at(self.present_yuan)}"></i>'
        return (
            f'<div class="b-bar" role="img" aria-label="{escape(words)}">{marks}</div>'
            f'<p class="b-note b-under">{escape(words)}</p>'
        )

    def _at(self, yuan: int) -> str:
        wide = max(1, self.last_yuan - self.first_yuan)
        share = min(1.0, max(0.0, (yuan - self.first_yuan) / wide))
        return f"{_PERCENT * share:.2f}%"


def _cell(first: str, *below: str) -> Cell:
    """Return a figure with lines of escaped HTML below; empty ones are left out."""
    lines = "".join(f'<br><span class="b-span">{line}</span>' for line in below if line)
    return Markup(f"{escape(first)}{lines}")


STYLE: Final = f"""<style>
.b-bar{{position:relative;height:12px;border:1px solid {LINE};border-radius:3px;background:{WASH};
  margin:-.2rem 0 .15rem;overflow:visible}}
.b-bar b{{position:absolute;left:0;top:0;bottom:0;background:{ACCENT};opacity:.45}}
.b-bar u{{position:absolute;right:0;top:0;bottom:0;
  background:repeating-linear-gradient(45deg,{MUTED} 0 1px,transparent 1px 5px)}}
.b-bar i{{position:absolute;top:-4px;bottom:-4px;width:0}}
.b-bar .b-now{{border-left:2px solid {INK}}}
.b-bar .b-enough{{border-left:2px dashed {OUTLOOK["out"].ink}}}
.b-under{{margin-bottom:.5rem}}
</style>"""
"""The style of the bars."""

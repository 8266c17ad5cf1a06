"""Where the targets stand half-way: what is reached, what the year may come to, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dashboards.exports.half_facts import Facts, Progress
from dashboards.exports.half_todo import todo
from dashboards.exports.paper import Align, Cell, Table
from dashboards.exports.standing import parts
from dashboards.format import amount, bare_chance, count, money, money_unit
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels
from dashboards.palette import OUTLOOK_SIGN
from dashboards.texts import t
from scenarios.part import Lang

ACROSS: Final = 3
"""Main targets beside each other."""

FIRST_TASKS: Final = 3
"""Tasks of a bureau that the city's table names."""

FLOW: Final = {"signed_yuan": "signed", "funds_yuan": "funds"}
"""Metrics of which the forecast of January keeps what it expected month by month."""


def conclusion(facts: Facts, lang: Lang) -> str:
    """Say which main targets are at risk, where most is missing, and what is most pressing."""
    main = {b: [x for x in own if x.goal.target.main] for b, own in facts.progress.items()}
    every = [x for own in main.values() for x in own]
    words = {key: sum(x.odds.outlook == key for x in every) for key in OUTLOOK_SIGN}
    names = bureau_labels(facts.run.scenario, lang)
    semicolon = t("sign.semicolon", lang)
    gaps = []
    for bureau, own in main.items():
        worst = max(own, key=_lacking, default=None)
        if worst is not None and worst.gap:
            gaps.append(
                t(
                    "halfmonth.gap",
                    lang,
                    bureau=names[bureau],
                    target=worst.goal.target.label.get(lang),
                    end=amount(worst.goal.target.metric, (worst.end or (0, 0, 0))[1], lang),
                    gap=amount(worst.goal.target.metric, worst.gap, lang),
                )
            )
    said = t(
        "halfmonth.conclusion",
        lang,
        day=write_day(facts.as_of, lang),
        bureaus=len(main),
        targets=len(every),
        **words,
    )
    said += t("halfmonth.gaps", lang, gaps=semicolon.join(gaps)) if gaps else ""
    first = [
        t("halfmonth.first", lang, bureau=names[bureau], what=tasks[0])
        for bureau in facts.bureaus
        for tasks in [todo(facts, bureau, lang)]
        if tasks
    ]
    key = "halfmonth.tasks" if first else "halfmonth.no-tasks"
    return said + t(key, lang, tasks=semicolon.join(first))


def city(facts: Facts, lang: Lang) -> list[Table]:
    """Return the main targets of all bureaus, and what each bureau is to do."""
    goals = [target for target in facts.run.scenario.targets if target.main]
    return [
        _city(facts, [x.id for x in some], lang, tasks=i == 0)
        for i, some in enumerate(parts(goals, ACROSS))
    ]


def bureau_targets(facts: Facts, bureau: str, lang: Lang) -> Table:
    """Return every target of a bureau: reached, expected in January, expected now, odds."""
    keys = ("target", "reached", "by-now", "january", "end", "odds")
    head = tuple(t(f"halfmonth.column.{key}", lang) for key in keys)
    rows = tuple(_target(facts, bureau, x, lang) for x in facts.progress[bureau])
    align: tuple[Align, ...] = ("left", *(["center"] * 5))
    return Table(head, rows, (21, 17, 17, 15, 17, 13), align)


def _city(facts: Facts, goals: Sequence[str], lang: Lang, *, tasks: bool) -> Table:
    names = bureau_labels(facts.run.scenario, lang)
    labels = {x.id: x.label.get(lang) for x in facts.run.scenario.targets}
    rows = []
    for bureau in facts.bureaus:
        own = {x.goal.target.id: x for x in facts.progress[bureau]}
        cells = [_cell(own.get(goal), lang) for goal in goals]
        if tasks:
            some = todo(facts, bureau, lang)[:FIRST_TASKS]
            cells.append(Cell("\n".join(some) or t("app.none", lang)))
        rows.append((Cell(names[bureau], bold=True), *cells))
    head = [t("app.column.bureau", lang), *(labels[goal] for goal in goals)]
    shares, align = [9, *([19] * len(goals))], ["center", *(["center"] * len(goals))]
    if tasks:
        head.append(t("halfmonth.column.tasks", lang))
        shares.append(100 - sum(shares))
        align.append("left")
    sides: Any = tuple(align)
    return Table(tuple(head), tuple(rows), tuple(shares), sides)


def _cell(own: Progress | None, lang: Lang) -> Cell:
    """Return reached of asked, where the year may end, and the odds, a line each."""
    if own is None:
        return Cell(t("app.not_for", lang))
    metric, odds = own.goal.target.metric, own.odds
    lines = [_reached(own, lang)]
    if own.end is not None:
        lines.append(t("halfmonth.cell.end", lang, end=_range(metric, own.end, lang)))
    chance = bare_chance(odds.p, odds.low, odds.high)
    lines.append(t("halfmonth.cell.odds", lang, chance=chance, sign=OUTLOOK_SIGN[odds.outlook]))
    return Cell("\n".join(lines), outlook=odds.outlook)


def _target(facts: Facts, bureau: str, own: Progress, lang: Lang) -> tuple[Cell, ...]:
    metric, odds = own.goal.target.metric, own.odds
    none = "—"
    chance = bare_chance(odds.p, odds.low, odds.high)
    return (
        Cell(own.goal.target.label.get(lang), bold=own.goal.target.main),
        Cell(_reached(own, lang)),
        Cell(_by_now(facts, bureau, metric, lang) or none),
        Cell(none if own.january is None else _range(metric, own.january, lang)),
        Cell(none if own.end is None else _range(metric, own.end, lang)),
        Cell(f"{chance} {OUTLOOK_SIGN[odds.outlook]}", outlook=odds.outlook),
    )


def _by_now(facts: Facts, bureau: str, metric: str, lang: Lang) -> str | None:
    """Say what the forecast of January expected by now; of funds, with what came on that basis."""
    if metric not in FLOW:
        return None
    expected = facts.by_now(FLOW[metric], bureau)
    if expected is None:
        return None
    said = _range(metric, expected, lang)
    came = facts.told.get("came_yuan", {}).get(FLOW[metric], {}).get(bureau)
    if metric == "funds_yuan" and came is not None:
        said += "\n" + t("halfmonth.cell.came", lang, came=money(came, lang))
    return said


def _reached(own: Progress, lang: Lang) -> str:
    metric, minimum = own.goal.target.metric, own.goal.minimum
    if not metric.endswith("_yuan"):
        return t("halfmonth.of", lang, reached=count(own.reached), asked=count(minimum))
    unit, name = money_unit(minimum, lang)
    reached, asked = (count(x / unit, 2) for x in (own.reached, minimum))
    return t("halfmonth.of-money", lang, reached=reached, asked=asked, unit=name)


def _range(metric: str, spread: tuple[float, float, float], lang: Lang) -> str:
    """Write P50 with P10 and P90 in the unit of the largest, which is named for money."""
    low, middle, high = spread
    if not metric.endswith("_yuan"):
        return f"{count(middle)} ({count(low)}–{count(high)})"
    unit, name = money_unit(max(high, 1e6), lang)
    low, middle, high = (x / unit for x in spread)
    digits = 2 if high < 100 else 0
    said = f"{count(middle, digits)} ({count(low, digits)}–{count(high, digits)})"
    return t("halfmonth.money", lang, said=said, unit=name)


def _lacking(own: Progress) -> float:
    """Return the share of what is asked that the middle future lacks."""
    return (own.gap or 0.0) / max(1, own.goal.minimum)

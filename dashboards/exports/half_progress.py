"""Where the targets stand half-way: what is reached, what the year may come to, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboards.exports.half_facts import Facts, Progress
from dashboards.exports.half_todo import todo
from dashboards.exports.paper import Align, Cell, Table
from dashboards.exports.standing import parts
from dashboards.format import amount, bare_chance, count, money_unit
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels
from dashboards.palette import OUTLOOK_SIGN
from dashboards.texts import t
from scenarios.part import Lang
from scenarios.targets import Target

ACROSS: Final = 3
"""Main targets beside each other."""

FIRST_TASKS: Final = 3
"""Tasks of a bureau that the city's table names."""

FLOW: Final = {"signed_yuan": "signed", "funds_yuan": "funds"}
"""Metrics of which the forecast of January keeps what it expected month by month."""


def conclusion(facts: Facts, lang: Lang) -> list[str]:
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
    said = [
        t(
            "halfmonth.conclusion",
            lang,
            day=write_day(facts.as_of, lang),
            bureaus=len(main),
            targets=len(every),
            **words,
        )
    ]
    if gaps:
        said.append(t("halfmonth.gaps", lang, gaps=semicolon.join(gaps)))
    first = [
        t("halfmonth.first", lang, bureau=names[bureau], what=tasks[0])
        for bureau in facts.bureaus
        for tasks in [todo(facts, bureau, lang)]
        if tasks
    ]
    key = "halfmonth.tasks" if first else "halfmonth.no-tasks"
    return [*said, t(key, lang, tasks=semicolon.join(first))]


def city(facts: Facts, lang: Lang) -> list[Table]:
    """Return the main targets of all bureaus, and what each bureau is to do."""
    goals = [target for target in facts.run.scenario.targets if target.main]
    return [
        _city(facts, [x.id for x in some], lang, tasks=i == 0)
        for i, some in enumerate(parts(goals, ACROSS))
    ]


def bureau_targets(facts: Facts, bureau: str, lang: Lang) -> Table:
    """Return the main targets of a bureau: reached, expected in January, expected now, odds."""
    keys = ("target", "reached", "by-now", "january", "end", "odds")
    head = tuple(t(f"halfmonth.column.{key}", lang) for key in keys)
    own = [x for x in facts.progress[bureau] if x.goal.target.main]
    rows = tuple(_target(facts, bureau, x, lang) for x in own)
    centre: Align = "center"
    return Table(head, rows, (22, 13, 17, 16, 16, 16), ("left", *((centre,) * 5)))


def other_targets(facts: Facts, bureau: str, lang: Lang) -> list[str]:
    """Say of every other target of a bureau what is reached and how likely it is met."""
    return [
        t(
            "halfmonth.other",
            lang,
            target=x.goal.target.label.get(lang),
            reached=_reached(x, lang),
            chance=bare_chance(x.odds.p, x.odds.low, x.odds.high),
            sign=OUTLOOK_SIGN[x.odds.outlook],
        )
        for x in facts.progress[bureau]
        if not x.goal.target.main
    ]


def _city(facts: Facts, goals: Sequence[str], lang: Lang, *, tasks: bool) -> Table:
    names = bureau_labels(facts.run.scenario, lang)
    labels = {x.id: _label(x, lang) for x in facts.run.scenario.targets}
    rows = []
    for bureau in facts.bureaus:
        own = {x.goal.target.id: x for x in facts.progress[bureau]}
        cells = [_cell(own.get(goal), lang) for goal in goals]
        if tasks:
            some = todo(facts, bureau, lang)[:FIRST_TASKS]
            cells.append(Cell("\n".join(some) or t("app.none", lang)))
        rows.append((Cell(names[bureau], bold=True), *cells))
    head = [t("app.column.bureau", lang), *(labels[goal] for goal in goals)]
    centre: Align = "center"
    shares, align = [10, *([21] * len(goals))], [centre] * (1 + len(goals))
    if tasks:
        head.append(t("halfmonth.column.tasks", lang))
        shares.append(100 - sum(shares))
        align.append("left")
    return Table(tuple(head), tuple(rows), tuple(shares), tuple(align))


def _cell(own: Progress | None, lang: Lang) -> Cell:
    """Return reached of asked, where the year may end, and the odds, a line each."""
    if own is None:
        return Cell(t("app.not_for", lang))
    target, odds = own.goal.target, own.odds
    lines = [_reached(own, lang)]
    if own.end is not None:
        lines.append(t("halfmonth.cell.end", lang, end=_range(target, own.end, lang)))
    chance = bare_chance(odds.p, odds.low, odds.high)
    lines.append(t("halfmonth.cell.odds", lang, chance=chance, sign=OUTLOOK_SIGN[odds.outlook]))
    return Cell("\n".join(lines), outlook=odds.outlook)


def _target(facts: Facts, bureau: str, own: Progress, lang: Lang) -> tuple[Cell, ...]:
    target, odds = own.goal.target, own.odds
    none = "—"
    chance = bare_chance(odds.p, odds.low, odds.high)
    return (
        Cell(_label(target, lang), bold=True),
        Cell(_reached(own, lang)),
        Cell(_by_now(facts, bureau, target, lang) or none),
        Cell(none if own.january is None else _range(target, own.january, lang)),
        Cell(none if own.end is None else _range(target, own.end, lang)),
        Cell(f"{OUTLOOK_SIGN[odds.outlook]} {chance}", outlook=odds.outlook),
    )


def _by_now(facts: Facts, bureau: str, target: Target, lang: Lang) -> str | None:
    """Say what the forecast of January expected by now; of funds, with what came on that basis."""
    if target.metric not in FLOW:
        return None
    flow = FLOW[target.metric]
    expected = facts.by_now(flow, bureau)
    if expected is None:
        return None
    said = _range(target, expected, lang)
    came = facts.told.get("came_yuan", {}).get(flow, {}).get(bureau)
    if flow == "funds" and came is not None:
        unit, _ = _unit(target, lang)
        said += "\n" + t(
            "halfmonth.cell.came", lang, came=count(came / unit, _digits(target, lang))
        )
    return said


def _reached(own: Progress, lang: Lang) -> str:
    minimum = own.goal.minimum
    unit, _ = _unit(own.goal.target, lang)
    digits = _digits(own.goal.target, lang)
    reached, asked = (count(x / unit, digits) for x in (own.reached, minimum))
    return t("halfmonth.of", lang, reached=reached, asked=asked)


def _range(target: Target, spread: tuple[float, float, float], lang: Lang) -> str:
    """Write P50 with P10 and P90 in the unit of the target."""
    unit, _ = _unit(target, lang)
    digits = _digits(target, lang)
    low, middle, high = (count(x / unit, digits) for x in spread)
    return f"{middle} ({low}–{high})"


def _unit(target: Target, lang: Lang) -> tuple[int, str]:
    """Return the unit that a target and all that is said of it is written in."""
    if not target.metric.endswith("_yuan"):
        return 1, ""
    # Below a billion: English would show hardly a digit of what a bureau reaches.
    return money_unit(min(target.minimum, 999_000_000), lang)


def _digits(target: Target, lang: Lang) -> int:
    """Return the decimals of money: none where the target itself has three figures or more."""
    unit, name = _unit(target, lang)
    return 2 if name and target.minimum < 100 * unit else 0


def _label(target: Target, lang: Lang) -> str:
    _, name = _unit(target, lang)
    label = target.label.get(lang)
    return t("halfmonth.in-unit", lang, what=label, unit=name) if name else label


def _lacking(own: Progress) -> float:
    """Return the share of what is asked that the middle future lacks."""
    return (own.gap or 0.0) / max(1, own.goal.minimum)

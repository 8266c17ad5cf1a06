"""Where bureaus stand, as a table of bars: reached against the target and what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Final

from dashboards import markup
from dashboards.figures import Forecast
from dashboards.format import amount, money
from dashboards.labels import bureau_labels
from dashboards.markup import Cell, Markup
from dashboards.odds import share
from dashboards.palette import ACCENT, INK, LINE, MUTED, OUTLOOK, Outlook
from dashboards.progress import Expected, Reached, Verdict, gone, spend_expected
from dashboards.texts import t
from scenarios.ledger.standing import Standing
from scenarios.model import Scenario
from scenarios.part import Lang

TONE: Final[Mapping[Verdict, Outlook]] = {
    "ahead": "course",
    "level": "course",
    "low": "risk",
    "behind": "out",
}

STYLE: Final = f"""<style>
.b-bar{{position:relative;height:.8rem;margin:.2rem 0 .25rem;min-width:9.5rem;
  background:#f1f3f5;border:1px solid {LINE};border-radius:3px}}
.b-bar i{{position:absolute;top:0;bottom:0}}
.b-bar .done{{left:0;background:{ACCENT};border-radius:2px 0 0 2px;top:22%;bottom:22%}}
.b-bar .over{{background:{OUTLOOK["out"].ink}}}
.b-bar .band{{background:#c9d6e2}}
.b-bar .mid{{width:2px;margin-left:-1px;background:{INK}}}
.b-bar .gone{{width:0;border-left:2px dotted {MUTED};top:-4px;bottom:-4px}}
</style>"""
"""The style of the bars; written once a page."""


def progress_table(
    scenario: Scenario,
    found: Sequence[Reached],
    stands: Standing,
    forecast: Forecast | None,
    day: date,
    lang: Lang,
) -> str:
    """Return a row a bureau: every main target, and the money spent.

    Parameters
    ----------
    scenario
        What was given.
    found
        How far every bureau is with every target.
    stands
        What was recorded: for the money.
    forecast
        That of the start of the year; None where there is none.
    day
        The day the standing is of.
    lang
        Language of all words.
    """
    targets = list({one.target.id: one.target for one in found if one.target.main}.values())
    by_place = {(one.bureau, one.target.id): one for one in found}
    over = gone(scenario, day) / scenario.days.n_days
    names = bureau_labels(scenario, lang)
    rows: list[list[Cell]] = []
    for place, bureau in enumerate(scenario.organisation.bureaus):
        row: list[Cell] = [names[bureau.id]]
        for target in targets:
            one = by_place.get((bureau.id, target.id))
            row.append(_target_cell(one, over, lang) if one else t("app.not_for", lang))
        spent = float(stands.spent_yuan[:, place].sum())
        lump = scenario.budget.lump_sum_yuan[bureau.id]
        mean = spend_expected(scenario, forecast, bureau.id, day)
        rows.append([*row, _money_cell(spent, lump, mean, over, lang)])
    head = [
        t("app.column.bureau", lang),
        *(target.label.get(lang) for target in targets),
        t("app.year.money", lang),
    ]
    caption = t("app.year.stands.title", lang)
    return STYLE + markup.table(head, rows, caption=caption, align=["short"])


def _target_cell(one: Reached, over: float, lang: Lang) -> Markup:
    """Return how far a bureau is with a target: figure, bar, expectation."""
    metric, done = one.target.metric, one.share
    asked = amount(metric, one.minimum, lang)
    value = amount(metric, one.value, lang)
    # The band is of the flow that the forecast follows; on another basis it has no place here.
    band = one.expected if one.flow == one.value else None
    ends = _band(band, one.minimum)
    said = t("app.year.bar", lang, value=value, asked=asked, share=share(done, lang))
    html = _figure(value, asked, done, lang) + bar(said, done, over, ends)
    if one.met:
        return Markup(html + markup.flag("course", t("app.year.met", lang)).html)
    if one.expected is None or one.flow is None:
        return Markup(html)
    verdict = one.verdict
    word = ""
    if verdict is not None:
        word = markup.flag(TONE[verdict], t(f"app.year.verdict.{verdict}", lang)).html
    return Markup(html + word + _line(_expectation(one, one.expected, one.flow, lang)))


def _expectation(one: Reached, expected: Expected, flow: float, lang: Lang) -> str:
    """Say what was expected by the day, and of what where it is not what the target asks."""
    metric = one.target.metric
    values = {
        name: amount(metric, getattr(expected, name), lang) for name in ("low", "mid", "high")
    }
    if flow == one.value:
        return t("app.year.expected", lang, **values)
    return t("app.year.expected.gross", lang, gross=amount(metric, flow, lang), **values)


def _money_cell(spent: float, lump: int, mean: float | None, over: float, lang: Lang) -> Markup:
    value, asked = money(spent, lang), money(lump, lang)
    done = spent / lump if lump else 0.0
    said = t("app.year.bar.money", lang, value=value, asked=asked, share=share(done, lang))
    html = _figure(value, asked, done, lang) + bar(said, done, over, _at(mean, lump), cap=True)
    if spent > lump:
        words = t("app.year.overspent", lang, amount=money(spent - lump, lang))
        return Markup(html + markup.flag("out", words).html)
    lines = [t("app.year.left", lang, amount=money(lump - spent, lang))]
    if mean is not None:
        lines.append(t("app.year.expected.money", lang, mean=money(mean, lang)))
    return Markup(html + "".join(map(_line, lines)))


def bar(
    said: str,
    done: float,
    over: float,
    band: tuple[float, float, float] | None = None,
    *,
    cap: bool = False,
) -> str:
    """Return a bar: what is done, the share of the year that is gone, what was expected.

    Parameters
    ----------
    said
        The same in words, for people who listen.
    done, over
        Shares of the whole; what goes past it ends at the edge.
    band
        Low, middle and high end of what was expected, as shares.
    cap
        Whether to pass the whole is bad.
    """
    band_html = mid_html = ""
    if band is not None:
        low, mid, high = (_percent(end) for end in band)
        if high > low:
            band_html = f'<i class="band" style="left:{low}%;width:{round(high - low, 2)}%"></i>'
        mid_html = f'<i class="mid" style="left:{mid}%"></i>'
    kind = "done over" if cap and done > 1 else "done"
    fill = f'<i class="{kind}" style="width:{_percent(done)}%"></i>'
    year = f'<i class="gone" style="left:{_percent(over)}%"></i>'
    return (
        f'<div class="b-bar" role="img" aria-label="{escape(said)}">'
        f"{band_html}{fill}{year}{mid_html}</div>"
    )


def _figure(value: str, asked: str, done: float, lang: Lang) -> str:
    return (
        f'<span class="b-p">{escape(value)}</span> '
        f'<span class="b-span">/ {escape(asked)} · {escape(share(done, lang))}</span>'
    )


def _line(words: str) -> str:
    return f'<div class="b-span b-wrap">{escape(words)}</div>'


def _band(expected: Expected | None, whole: float) -> tuple[float, float, float] | None:
    if expected is None or not whole:
        return None
    return expected.low / whole, expected.mid / whole, expected.high / whole


def _at(mean: float | None, whole: float) -> tuple[float, float, float] | None:
    if mean is None or not whole:
        return None
    return mean / whole, mean / whole, mean / whole


def _percent(value: float) -> float:
    return round(100 * min(1.0, max(0.0, value)), 2)


def figures_table(
    scenario: Scenario, found: Sequence[Reached], lang: Lang
) -> tuple[list[str], list[list[Cell]]]:
    """Return head and rows of every target, secondary ones included, as plain figures."""
    names = bureau_labels(scenario, lang)
    unknown = t("outlook.unknown", lang)
    rows: list[list[Cell]] = []
    for one in found:
        metric = one.target.metric
        row = [
            f"{names[one.bureau]} · {one.target.label.get(lang)}",
            amount(metric, one.value, lang),
            amount(metric, one.minimum, lang),
            share(one.share, lang),
        ]
        if one.expected is None or one.flow is None:
            row += [unknown] * 4
        else:
            ends = (one.flow, one.expected.low, one.expected.mid, one.expected.high)
            row += [amount(metric, end, lang) for end in ends]
        rows.append([*row])
    keys = ("reached", "asked", "share", "flow")
    head = [
        t("app.column.target", lang),
        *(t(f"app.year.column.{key}", lang) for key in keys),
        *(t(f"app.column.{key}", lang) for key in ("p10", "p50", "p90")),
    ]
    return head, rows

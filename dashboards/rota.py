"""The rotation day by day: a table of persons and days, a letter in every cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from html import escape
from typing import Final

import pandas as pd

from dashboards.drawing import number
from dashboards.format import day as write_day
from dashboards.format import weekday
from dashboards.labels import person_labels
from dashboards.markup import scroller
from dashboards.palette import CLOSURE, HOLIDAY, INK, LINE, MUTED, PAPER, STATUS, WASH, Tone
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang


def status_table(calendar: pd.DataFrame) -> Mapping[tuple[str, str], str]:
    """Return the status by person and ISO date."""
    keys = ("person", "date", "status")
    columns = (calendar[key].to_numpy(dtype=object).tolist() for key in keys)
    return {(person, day): status for person, day, status in zip(*columns, strict=True)}


def rota_table(
    scenario: Scenario,
    status: Mapping[tuple[str, str], str],
    first: date,
    last: date,
    lang: Lang,
    *,
    caption: str,
) -> str:
    """Return the days from ``first`` to ``last`` as a table, cut to the horizon.

    Parameters
    ----------
    scenario
        What was given.
    status
        Status by person and ISO date; days without one are left blank.
    first, last
        First and last day, both included.
    lang
        Language of all words.
    caption
        What the table holds, for people who listen.
    """
    first, last = max(first, scenario.horizon.start), min(last, scenario.horizon.end)
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    heads = "".join(_head(scenario, day, lang) for day in days)
    labels = person_labels(scenario, lang)
    rows = []
    for bureau in scenario.organisation.bureaus:
        for i, person in enumerate(bureau.persons):
            edge = ' class="b-first"' if i == 0 else ""
            cells = "".join(_cell(status.get((person.id, day.isoformat())), lang) for day in days)
            title = escape(labels[person.id])
            rows.append(f'<tr{edge}><th scope="row">{title}</th>{cells}</tr>')
    corner = escape(t("app.column.person", lang))
    return scroller(
        f'<table class="b-rota"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">{corner}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>",
        caption,
    )


def legend(lang: Lang) -> str:
    """Return what the letters and the shaded days mean."""
    entries = [
        (t(f"app.letter.{status}", lang), t(f"status.{status}", lang), f"b-{status}")
        for status in STATUS
    ]
    entries += [
        ("", t("app.wall.holiday", lang), "b-holiday"),
        ("", t("app.wall.closure", lang), "b-closure"),
        ("▼", t("app.wall.make_up", lang), "b-makeup"),
    ]
    items = "".join(
        f'<span class="b-key"><span class="b-swatch {kind}">{letter}</span> {escape(words)}</span>'
        for letter, words, kind in entries
    )
    return f'<div class="b-legend">{items}</div>'


def _head(scenario: Scenario, day: date, lang: Lang) -> str:
    """Return a column title: weekday and day, shaded and named where the day is set apart."""
    index = scenario.days.day_of(day)
    kinds, names = ["b-day"], [write_day(day, lang), weekday(day, lang)]
    if scenario.days.holiday[index] is not None:
        kinds.append("b-holiday")
        names.append(t("app.wall.holiday", lang))
    elif scenario.days.closed[index] is not None:
        kinds.append("b-closure")
        names.append(t("app.wall.closure", lang))
    elif not scenario.days.workday[index]:
        kinds.append("b-weekend")
    sign = ""
    if scenario.days.make_up[index]:
        sign = "▼"
        names.append(t("app.wall.make_up", lang))
    short = weekday(day, lang)[-1] if lang == "zh" else weekday(day, lang)[:2]
    label = escape(", ".join(names))
    return (
        f'<th scope="col" class="{" ".join(kinds)}" title="{label}">'
        f'<span class="b-wd">{short}</span><br>{day.day}{sign}</th>'
    )


def _cell(status: str | None, lang: Lang) -> str:
    if status is None:
        return "<td></td>"
    words = escape(t(f"status.{status}", lang))
    letter = escape(t(f"app.letter.{status}", lang))
    return f'<td class="b-{status}" title="{words}">{letter}</td>'


def _fill(tone: Tone) -> str:
    """Return a tone as CSS: its fill, and its pattern as a gradient."""
    mark, size = tone.mark, number(6)
    images = {
        "plain": "none",
        "dots": f"radial-gradient({mark} 1px,transparent 1.2px)",
        "rising": f"repeating-linear-gradient(135deg,{mark} 0 1px,transparent 1px 5px)",
        "falling": f"repeating-linear-gradient(45deg,{mark} 0 1px,transparent 1px 5px)",
        "grid": f"repeating-linear-gradient(0deg,{mark} 0 1px,transparent 1px 5px),"
        f"repeating-linear-gradient(90deg,{mark} 0 1px,transparent 1px 5px)",
    }
    sized = f";background-size:{size}px {size}px" if tone.pattern == "dots" else ""
    return f"background:{images[tone.pattern]} {tone.fill};color:{tone.ink}{sized}"


_STATUSES = "".join(f".b-{status}{{{_fill(tone)}}}" for status, tone in STATUS.items())

STYLE: Final = f"""<style>
.b-rota{{border-collapse:separate;border-spacing:0;font-size:.85rem;line-height:1.35;color:{INK}}}
.b-rota caption{{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
.b-rota th,.b-rota td{{padding:.28rem 0;min-width:1.75rem;text-align:center;font-weight:400;
  border-bottom:1px solid {PAPER};border-right:1px solid {PAPER}}}
.b-rota tbody th,.b-rota thead th:first-child{{text-align:left;white-space:nowrap;
  padding:.28rem .8rem .28rem .2rem;position:sticky;left:0;background:{PAPER};z-index:1}}
.b-rota tr.b-first>*{{border-top:2px solid {LINE}}}
.b-rota .b-weekend{{background:{WASH}}}
.b-wd{{color:{MUTED};font-size:.8rem}}
.b-rota .b-holiday .b-wd,.b-rota .b-closure .b-wd{{color:{INK}}}
.b-holiday{{{_fill(HOLIDAY)}}}
.b-closure{{{_fill(CLOSURE)}}}
{_STATUSES}
.b-legend{{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;font-size:.85rem;margin:.5rem 0 .2rem}}
.b-key{{white-space:nowrap}}
.b-swatch{{display:inline-block;min-width:1.7rem;height:1.4rem;line-height:1.4rem;text-align:center;
  border-radius:3px;vertical-align:middle}}
</style>"""
"""The style of the table and its legend; written once a page."""

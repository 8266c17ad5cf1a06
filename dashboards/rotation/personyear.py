"""One person's year as month blocks: a small calendar a month, a letter and a pattern a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from html import escape
from typing import Final

from dashboards.format import day as write_day
from dashboards.format import month as write_month
from dashboards.format import weekday
from dashboards.palette import CLOSURE, HOLIDAY, INK, LINE, MUTED, PAPER
from dashboards.texts import t
from scenarios.calendar import Period
from scenarios.model import Scenario
from scenarios.part import Lang


def person_year(
    scenario: Scenario, status: Mapping[tuple[str, str], str], person: str, lang: Lang
) -> str:
    """Return the months of the horizon as small calendars of one person.

    Parameters
    ----------
    scenario
        What was given.
    status
        Status by person and ISO date; a day without one is left blank.
    person
        Whose year it is.
    lang
        Language of all words.
    """
    blocks = "".join(
        _month(scenario, status, person, month, lang) for month in scenario.days.months
    )
    return f'<div class="b-months">{blocks}</div>'


def _month(
    scenario: Scenario,
    status: Mapping[tuple[str, str], str],
    person: str,
    month: Period,
    lang: Lang,
) -> str:
    first = scenario.days.date_of(month.start)
    monday = first - timedelta(days=first.weekday())
    heads = "".join(
        f'<th scope="col">{escape(_short(monday + timedelta(days=n), lang))}</th>' for n in range(7)
    )
    last = scenario.days.date_of(month.stop - 1)
    weeks = []
    while monday <= last:
        days = [monday + timedelta(days=n) for n in range(7)]
        cells = "".join(
            _day(scenario, status.get((person, day.isoformat())), day, lang)
            if first <= day <= last
            else "<td></td>"
            for day in days
        )
        weeks.append(f"<tr>{cells}</tr>")
        monday += timedelta(days=7)
    words = write_month(first, lang)
    title = f"{first.year}年{words}" if lang == "zh" else f"{words} {first.year}"
    return (
        f'<table class="b-month"><caption>{escape(title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(weeks)}</tbody></table>"
    )


def _day(scenario: Scenario, status: str | None, day: date, lang: Lang) -> str:
    index = scenario.days.day_of(day)
    kinds, names = [], [write_day(day, lang, year=False), weekday(day, lang)]
    if status is not None:
        kinds.append(f"b-{status}")
        names.append(t(f"status.{status}", lang))
    sign = ""
    if scenario.days.holiday[index] is not None:
        kinds.append("b-free")
        names.append(t("app.wall.holiday", lang))
    elif scenario.days.closed[index] is not None:
        kinds.append("b-shut")
        names.append(t("app.wall.closure", lang))
    if scenario.days.make_up[index]:
        sign = "▼"
        names.append(t("app.wall.make_up", lang))
    letter = t(f"app.letter.{status}", lang) if status and status != "post" else "\u00a0"
    label = escape(", ".join(names))
    return (
        f'<td class="{" ".join(kinds)}" title="{label}">{day.day}{sign}'
        f'<span class="b-what">{escape(letter)}</span></td>'
    )


def _short(day: date, lang: Lang) -> str:
    return weekday(day, lang)[-1] if lang == "zh" else weekday(day, lang)[:2]


STYLE: Final = f"""<style>
.b-months{{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem 1.6rem;
  align-items:start}}
.b-month{{border-collapse:separate;border-spacing:1px;width:100%;max-width:21rem;table-layout:fixed;
  color:{INK};font-size:.82rem;line-height:1.25}}
.b-month caption{{text-align:left;font-weight:600;font-size:.95rem;padding:.1rem 0 .3rem}}
.b-month th{{font-weight:400;color:{MUTED};padding:.1rem 0;text-align:center}}
.b-month td{{text-align:center;padding:.18rem 0 .2rem;border-radius:3px;vertical-align:top;
  border-bottom:3px solid transparent}}
.b-month td.b-free{{border-bottom-color:{HOLIDAY.mark}}}
.b-month td.b-shut{{border-bottom-color:{CLOSURE.mark}}}
.b-what{{display:block;font-size:.8rem;font-weight:600}}
.b-cards{{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:.8rem}}
.b-card{{border:1px solid {LINE};border-radius:8px;padding:.8rem .95rem;background:{PAPER};
  line-height:1.55}}
.b-card h3{{font-size:1.02rem;font-weight:600;margin:0 0 .3rem;padding:0;line-height:1.4}}
.b-card p{{margin:.25rem 0;font-size:.95rem}}
.b-card ul{{margin:.2rem 0 0;padding-left:1.1rem;font-size:.92rem}}
.b-card .b-term{{color:{MUTED};font-size:.85rem;margin:.5rem 0 0}}
.b-counts{{display:flex;flex-wrap:wrap;gap:.4rem .9rem;margin:.3rem 0 .8rem;font-size:.92rem}}
.b-narrow{{display:none}}
@media (max-width:640px){{.b-narrow{{display:block}}}}
</style>"""
"""The style of month blocks, cards and counters; written once a page."""

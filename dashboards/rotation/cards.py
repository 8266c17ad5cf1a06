"""Cards for a small screen: what each person does this month, and the leave that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from dashboards import checks, markup
from dashboards.checks import Check
from dashboards.rotation.leaves import leaves_of, month_in_words, next_in_words, presence_of
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.part import Lang


def counters(found: Sequence[Check], lang: Lang) -> str:
    """Return the days at post against those owed, a counter a period."""
    items = "".join(
        f'<span><span class="b-term">{escape(check.period)}</span> '
        f"{counter(check, lang).html}</span>"
        for check in found
    )
    return f'<div class="b-counts">{items}</div>' if items else ""


def counter(check: Check, lang: Lang) -> markup.Markup:
    """Return days at post of days owed, and the margin in a word."""
    spare = checks.spare(check)
    kind = "short" if spare < 0 else "margin"
    words = t(f"app.calendar.presence.{kind}", lang, n=abs(spare))
    return markup.counted(f"{check.actual} / {check.required}", checks.TONE[check.verdict], words)


def card(run: Run, person: str, title: str, today: date, lang: Lang) -> str:
    """Return the card of one person.

    Parameters
    ----------
    run
        Whose plan is shown.
    person, title
        Whose card it is, and how the person is called.
    today
        The day from which things lie ahead; its month is told.
    lang
        Language of all words.
    """
    scenario = run.scenario
    day = scenario.days.day_of(today)
    month = next(month for month in scenario.days.months if day in month)
    span = (scenario.days.date_of(month.start), scenario.days.date_of(month.stop - 1))
    lines = "".join(f"<li>{escape(line)}</li>" for line in month_in_words(run, person, span, lang))
    leave = next_in_words(leaves_of(run, person), today, lang)
    return (
        f'<div class="b-card" role="listitem"><h3>{escape(title)}</h3>'
        f'<p class="b-term">{escape(t("app.calendar.next.title", lang))}</p><p>{escape(leave)}</p>'
        f'<p class="b-term">{escape(t("app.calendar.list.month", lang))}</p><ul>{lines}</ul>'
        f'<p class="b-term">{escape(t("app.calendar.presence.title", lang))}</p>'
        f"{counters(presence_of(run, person), lang)}</div>"
    )

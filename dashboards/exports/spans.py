"""Days as papers write them: no month twice, and rows of a table told apart at a glance."""

from __future__ import annotations

from datetime import date

from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.format import month as write_month
from dashboards.format import weekday
from dashboards.texts import t
from scenarios.part import Lang


def span(first: str, last: str, lang: Lang) -> str:
    """Write a range of ISO dates without the year: ``5月16–18日`` or ``16–18 May``."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if (start.year, start.month) != (end.year, end.month):
        return write_days(start, end, lang, year=False)
    month = write_month(start, lang)
    return t("paper.days", lang, month=month, first=start.day, last=end.day)


def dated(day: date, lang: Lang, *, apart: str = " ") -> str:
    """Write a day with its weekday: ``5月16日 周二`` or ``16 May Tue``; ``apart`` parts the two."""
    return f"{write_day(day, lang, year=False)}{apart}{weekday(day, lang)}"

"""When a finding holds, in words: the whole horizon, a range, a day, or a period by its label."""

from __future__ import annotations

from datetime import date

from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang


def period_in_words(scenario: Scenario, period: str, lang: Lang) -> str:
    """Return a period of the audit's table in words; one that is no dates by its own label."""
    days = period.split("/")
    try:
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    except ValueError:
        return period
    if (first, last) == (scenario.horizon.start, scenario.horizon.end):
        return t("app.whole_horizon", lang)
    if first == last:
        return write_day(first, lang, year=False)
    return write_days(first, last, lang, year=False)

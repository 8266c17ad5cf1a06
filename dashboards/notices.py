"""What must be said beside every figure of a scenario: invented data, predicted days."""

from __future__ import annotations

from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang


def invented(scenario: Scenario, lang: Lang) -> str | None:
    """Return which data are invented, or None where none are."""
    return scenario.synthetic_note.get(lang) if scenario.synthetic_note else None


def predicted(scenario: Scenario, lang: Lang) -> str | None:
    """Return which holidays and local closures are a prediction, or None where all are official."""
    horizon = scenario.horizon
    found = [
        t("app.predicted.year", lang, year=year.year)
        for year in scenario.calendar.years
        if year.status == "predicted" and horizon.start.year <= year.year <= horizon.end.year
    ]
    found += [
        closure.name.get(lang)
        for closure in scenario.calendar.closures
        if closure.status == "predicted"
        and closure.start <= horizon.end
        and closure.end >= horizon.start
    ]
    if not found:
        return None
    return t("app.predicted", lang, what=t("app.list", lang).join(found))

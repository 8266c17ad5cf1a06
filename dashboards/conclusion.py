"""The one sentence that says where the year stands, whole in either language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from dashboards import figures
from dashboards.format import chance
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels
from dashboards.odds import Odds
from dashboards.texts import t
from scenarios.calendar import Horizon
from scenarios.model import Scenario
from scenarios.part import Lang

Phase = Literal["before", "during", "after"]
Case = Literal["course", "risk", "out", "none"]


def phase(horizon: Horizon, day: date) -> Phase:
    """Return whether a day lies before, within or after the horizon."""
    if day < horizon.start:
        return "before"
    return "during" if day <= horizon.end else "after"


def case(found: Mapping[str, int]) -> Case:
    """Return what the sentence is about, from the number of main targets by outlook."""
    if not sum(found.values()):
        return "none"
    return "out" if found["out"] else "risk" if found["risk"] else "course"


def conclusion(
    scenario: Scenario, forecast: Mapping[str, Any] | None, day: date, lang: Lang
) -> str:
    """Say where the year stands.

    Parameters
    ----------
    scenario
        What was given.
    forecast
        The content of ``forecast.json``; None for a run with a calendar only.
    day
        The day it is said on; it may lie outside the horizon.
    lang
        Language of the sentence.
    """
    horizon = scenario.horizon
    main = (
        [entry for entry in figures.target_odds(scenario, forecast) if entry.target.main]
        if forecast
        else []
    )
    found = {key: sum(e.odds.outlook == key for e in main) for key in ("course", "risk", "out")}
    said: dict[str, object] = {
        "day": write_day(day, lang),
        "start": write_day(horizon.start, lang),
        "end": write_day(horizon.end, lang),
        "bureaus": len(scenario.organisation.bureaus),
        "targets": len(main),
        **found,
    }
    if forecast and main:
        worst = min(main, key=lambda entry: entry.odds.p)
        joint = Odds.read(forecast["joint"]["all_bureaus_main"])
        said["worst"] = t(
            "outlook.pair",
            lang,
            bureau=bureau_labels(scenario, lang)[worst.bureau],
            target=worst.target.label.get(lang),
        )
        said["chance"] = chance(worst.odds.p, worst.odds.low, worst.odds.high, lang)
        said["joint"] = chance(joint.p, joint.low, joint.high, lang)
    return t(f"outlook.sentence.{phase(horizon, day)}.{case(found)}", lang, **said)

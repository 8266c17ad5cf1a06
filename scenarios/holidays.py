"""Filling a scenario's calendar with the shipped holiday years of its country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from scenarios.calendar import Horizon
from scenarios.faults import Fault, listed, one_of, say
from scenarios.library import holiday_countries, holiday_years
from scenarios.reading import Reading, quoted
from scenarios.yamldoc import read_yaml

MAX_YEARS = 10
"""Calendar years that one horizon may touch."""

_KEYS = listed(("year", "status", "source", "trust", "holidays", "make_up_days"))


def with_holidays(reading: Reading) -> Reading:
    """Add the shipped holiday years that the horizon needs and the scenario does not give.

    Years given under ``calendar.years`` win. A year that neither has is a fault; it stands in as
    a year without holidays, so that the rest of the calendar is checked all the same.

    Parameters
    ----------
    reading
        A scenario's data. Without ``calendar.country``, or where horizon or calendar cannot be
        read, it comes back as it is, for the model to judge.
    """
    calendar = reading.data.get("calendar") if isinstance(reading.data, Mapping) else None
    if not isinstance(calendar, Mapping) or not isinstance(calendar.get("years", []), list):
        return reading
    try:
        horizon = Horizon.model_validate(reading.data.get("horizon"))
    except ValidationError:
        return reading
    needed = range(horizon.start.year, horizon.end.year + 1)
    if len(needed) > MAX_YEARS:
        fault = Fault(
            reading.where(("horizon",)),
            say(f"{horizon.start} 至 {horizon.end}", f"{horizon.start} to {horizon.end}"),
            say(
                f"最多跨 {MAX_YEARS} 个日历年的计划期",
                f"a horizon that touches at most {MAX_YEARS} calendar years",
            ),
        )
        return Reading(None, faults=(*reading.faults, fault))
    country = calendar.get("country")
    if not isinstance(country, str):
        return reading
    have = calendar.get("years", [])
    given = [year.get("year") for year in have if isinstance(year, Mapping)]
    missing = [year for year in needed if year not in given]
    files = holiday_years(country)
    added = []
    for year in missing:
        found = read_yaml(files[year], files[year].name).data if year in files else None
        added.append(found or _stand_in(year))
    unknown = [year for year in missing if year not in files]
    faults = (_missing(reading, horizon, country, unknown),) if unknown else ()
    data = {**reading.data, "calendar": {**calendar, "years": [*have, *added]}}
    return Reading(data, reading.places, (*reading.faults, *faults))


def _missing(reading: Reading, horizon: Horizon, country: str, years: list[int]) -> Fault:
    files = holiday_years(country)
    if not files:
        where = reading.where(("calendar", "country"))
        found = say(
            f"{quoted(country)}，没有自带的节假日", f"{quoted(country)}, for which no holidays ship"
        )
        remedy = say(
            "或不写此项，在 calendar.years 下逐年给出",
            "or leave it out and give each year under calendar.years",
        )
        return Fault(where, found, one_of(holiday_countries()), remedy)
    lacking = listed(map(str, years))
    return Fault(
        reading.where(("horizon",)),
        say(
            f"{horizon.start} 至 {horizon.end}，缺 {lacking.zh} 年的节假日数据",
            f"{horizon.start} to {horizon.end}, with no holiday data for {lacking.en}",
        ),
        say(
            f"自带的年份 {min(files)} 至 {max(files)}",
            f"the shipped years {min(files)} to {max(files)}",
        ),
        say(
            f"在 calendar.years 下给出该年：{_KEYS.zh}",
            f"give the year under calendar.years: {_KEYS.en}",
        ),
    )


def _stand_in(year: int) -> dict[str, Any]:
    return {"year": year, "status": "predicted", "source": "none", "trust": "E", "holidays": []}

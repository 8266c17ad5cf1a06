"""The provincial-level units: their names, and where each stands on the tile grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from scenarios.model import Scenario
from scenarios.organisation import Province
from scenarios.part import Text
from scenarios.yamldoc import shipped_yaml


@dataclass(frozen=True, slots=True)
class Unit:
    """A provincial-level unit and its tile.

    Attributes
    ----------
    code
        ISO 3166-2, such as ``CN-ZJ``.
    name, full
        The short name in both languages, and the full Chinese one.
    column, row
        Place of its tile, from 0.
    cities
        Chinese names of cities in it that bureaus sit in.
    """

    code: str
    name: Text
    full: str
    column: int
    row: int
    cities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """What the bureaus have to do with one unit; ids in the scenario's order.

    Attributes
    ----------
    seats
        Bureaus that sit in it.
    primary, secondary
        Bureaus that cover it as a primary, and as a secondary province.
    companies
        Companies of the scenario that are there.
    """

    unit: Unit
    seats: tuple[str, ...]
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    companies: int

    @property
    def bureaus(self) -> tuple[str, ...]:
        """All that sit in it or cover it, those that cover it as a primary province first."""
        return tuple(dict.fromkeys((*self.primary, *self.secondary, *self.seats)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the bureaus cover.

    Attributes
    ----------
    covers
        Every unit, in the order of the data.
    strays
        Provinces of the scenario that have no tile.
    unseated
        Bureaus whose city is in no unit that is known.
    """

    covers: tuple[Cover, ...]
    strays: tuple[Province, ...]
    unseated: tuple[str, ...]


@cache
def units() -> Mapping[str, Unit]:
    """Return the 34 units by code."""
    data = shipped_yaml(files("dashboards").joinpath("provinces.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            code: Unit(
                code,
                Text(zh=entry["zh"], en=entry["en"]),
                entry["full"],
                column=entry["at"][0],
                row=entry["at"][1],
                cities=tuple(entry["cities"]),
            )
            for code, entry in data.items()
        }
    )


def unit_of(province: Province) -> Unit | None:
    """Return the unit that a scenario's province is, by its names or its code; None: none of them.

    A scenario names its provinces as it likes, so any of the short name in either language, the
    full name, and the ISO code as id will do.
    """
    names = {province.name.zh, province.name.en.casefold(), province.id.upper()}
    for unit in units().values():
        if names & {unit.name.zh, unit.full, unit.name.en.casefold(), unit.code}:
            return unit
    return None


def coverage(scenario: Scenario) -> Coverage:
    """Return which bureaus sit in, and cover, each unit, and how many companies are there."""
    home = scenario.organisation
    known = {province.id: unit_of(province) for province in home.provinces}

    def those(unit: Unit, ids: tuple[str, ...]) -> bool:
        return any(known[key] is unit for key in ids)

    covers = tuple(
        Cover(
            unit,
            tuple(b.id for b in home.bureaus if b.city.zh.removesuffix("市") in unit.cities),
            tuple(b.id for b in home.bureaus if those(unit, b.primary_provinces)),
            tuple(b.id for b in home.bureaus if those(unit, b.secondary_provinces)),
            sum(known[company.province] is unit for company in scenario.companies),
        )
        for unit in units().values()
    )
    seated = {key for cover in covers for key in cover.seats}
    return Coverage(
        covers,
        tuple(province for province in home.provinces if known[province.id] is None),
        tuple(bureau.id for bureau in home.bureaus if bureau.id not in seated),
    )

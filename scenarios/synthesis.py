"""Synthetic data: invented companies and leader diaries, drawn from what a scenario says.

A shipped scenario must show a full year without naming a real company or a person's diary. The
names say on their face that they are samples (``示例·石材·武汉07``), so none can be taken for real.

Only :meth:`random.Random.random` is used, the one draw Python promises never to change, each
company and leader from a stream of its own: the same seed gives the same rows on every platform,
and one bureau or company more moves no other.
"""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, TypeVar

from scenarios.organisation import Bureau, Company, Leader, Organisation, Sector, Tier
from scenarios.part import DateRange, Text
from scenarios.tables import COMPANIES, LEADER_DAYS

T = TypeVar("T")
EnterpriseClass = Literal["fortune-500", "listed", "industry-leader", "ordinary"]
Expects = Literal["principal", "deputy", "any"]
Screening = Literal["passed", "pending", "failed"]
Source = Literal["call", "assistance", "leader", "office"]
Reason = Literal["sessions", "travel", "leave"]

CLASS_WEIGHTS: Mapping[EnterpriseClass, float] = {
    "fortune-500": 3,
    "listed": 8,
    "industry-leader": 14,
    "ordinary": 75,
}
EXPECTS_WEIGHTS: Mapping[Expects, float] = {"principal": 8, "deputy": 22, "any": 70}
EXPECTS_WEIGHTS_OF_LARGE: Mapping[Expects, float] = {"principal": 30, "deputy": 40, "any": 30}
SCREENING_WEIGHTS: Mapping[Screening, float] = {"passed": 91, "pending": 6, "failed": 3}
SOURCE_WEIGHTS: Mapping[Source, float] = {"call": 84, "leader": 8, "office": 8}
SOURCE_WEIGHTS_WITH_ASSISTANCE: Mapping[Source, float] = {**SOURCE_WEIGHTS, "assistance": 30}
PRIMARY_WEIGHT = 3
"""A primary province sends so many times as many companies as a secondary one."""
CLUSTER_PERCENT = 50
"""Companies of a sector that come from its named clusters, where it has any."""

BASE_PRIORITY = 10
CLASS_POINTS: Mapping[EnterpriseClass, int] = {
    "fortune-500": 10,
    "listed": 5,
    "industry-leader": 5,
    "ordinary": 0,
}
EXPECTS_POINTS: Mapping[Expects, int] = {"principal": 5, "deputy": 3, "any": 0}
SOURCE_POINTS: Mapping[Source, int] = {"call": 0, "assistance": 0, "leader": 3, "office": 3}

WINDOW_COUNT_WEIGHTS: Mapping[int, float] = {1: 40, 2: 40, 3: 20}
WINDOW_DAYS = (14, 49)
"""A window lasts two to seven weeks."""
MONTH_WEIGHTS = (2, 2, 6, 9, 10, 8, 6, 14, 20, 14, 6, 3)
"""Weight of each calendar month as the start of a window: autumn first, winter last."""

SESSIONS: tuple[tuple[int, int, int, tuple[Tier, ...]], ...] = (
    (1, 9, 6, ("principal", "deputy")),
    (3, 4, 10, ("principal",)),
)
"""Yearly sittings: month, first day, length in days, and the tiers that sit."""
TRIPS_A_MONTH: Mapping[Tier, tuple[int, int]] = {"principal": (1, 2), "deputy": (1, 1)}
TRIP_DAYS = (2, 5)
LEAVE_MONTHS = (7, 8)
LEAVE_DAYS = (7, 10)


@dataclass(frozen=True, slots=True)
class LeaderDays:
    """Days on which a leader receives nobody, both ends included."""

    leader: str
    start: date
    end: date
    reason: Reason


def invent_companies(
    organisation: Organisation,
    horizon: DateRange,
    *,
    seed: int,
    per_bureau: int,
    assistance: Sequence[str] = (),
) -> tuple[Company, ...]:
    """Invent companies from each bureau's provinces, sectors and clusters.

    The first sectors of a bureau weigh most (1, 1/2, 1/3 ...), so that its companies gather at few
    host units and grouping them is possible but not free.

    Parameters
    ----------
    organisation
        Bureaus with their provinces, sectors and clusters.
    horizon
        The days on which windows may lie.
    seed
        Seed; a company depends on it, on its bureau and on its number there alone.
    per_bureau
        Companies for each bureau.
    assistance
        Ids of bureaus with a paired-assistance channel (三㈡): part of their leads come from it.

    Returns
    -------
    tuple of Company
        In the order of bureaus, every one with ``synthetic`` set.
    """
    return tuple(
        _company(
            bureau,
            number,
            horizon,
            random.Random(f"{seed}/company/{bureau.id}/{number}"),
            SOURCE_WEIGHTS_WITH_ASSISTANCE if bureau.id in assistance else SOURCE_WEIGHTS,
        )
        for bureau in organisation.bureaus
        for number in range(1, per_bureau + 1)
    )


def invent_leader_days(
    leaders: Iterable[Leader], horizon: DateRange, *, seed: int
) -> tuple[LeaderDays, ...]:
    """Invent the days on which leaders receive nobody: sittings, travel, a summer leave.

    Statutory holidays are left out: nobody is received on them anyway.

    Parameters
    ----------
    leaders
        Whose diaries.
    horizon
        The days to fill.
    seed
        Seed; a diary depends on it and on the leader's id and tier alone.

    Returns
    -------
    tuple of LeaderDays
        Spans of one leader never overlap; in the order of leaders, then of days.
    """
    return tuple(
        entry
        for leader in leaders
        for entry in _diary(leader, horizon, random.Random(f"{seed}/leader/{leader.id}"))
    )


def write_tables(
    folder: Path, companies: Iterable[Company], leader_days: Iterable[LeaderDays]
) -> None:
    """Write ``companies.csv`` and ``leader_days.csv`` (UTF-8, LF) into an existing folder.

    Raises
    ------
    OSError
        When the folder is missing or cannot be written; no half-written file is left.
    """
    _write(folder / f"{COMPANIES.key}.csv", COMPANIES.names, map(_company_row, companies))
    _write(folder / f"{LEADER_DAYS.key}.csv", LEADER_DAYS.names, map(astuple, leader_days))


def _company(
    bureau: Bureau,
    number: int,
    horizon: DateRange,
    rng: random.Random,
    source_weights: Mapping[Source, float],
) -> Company:
    sector = _pick(rng, [(s, 1 / rank) for rank, s in enumerate(bureau.sectors, 1)])
    province = _province(bureau, sector, rng)
    size = _pick(rng, CLASS_WEIGHTS.items())
    expects_weights = EXPECTS_WEIGHTS if size == "ordinary" else EXPECTS_WEIGHTS_OF_LARGE
    expects = _pick(rng, expects_weights.items())
    screening = _pick(rng, SCREENING_WEIGHTS.items())
    source = _pick(rng, source_weights.items())
    return Company(
        id=f"{bureau.id}-c{number:02d}",
        name=Text(
            zh=f"示例·{sector.name.zh}·{bureau.city.zh}{number:02d}",
            en=f"Sample {sector.name.en} {bureau.city.en} {number:02d}",
        ),
        bureau=bureau.id,
        province=province,
        sector=sector.id,
        chain=sector.chain,
        enterprise_class=size,
        expects=expects,
        priority=BASE_PRIORITY
        + CLASS_POINTS[size]
        + EXPECTS_POINTS[expects]
        + SOURCE_POINTS[source],
        windows=_windows(horizon, rng),
        screening=screening,
        source=source,
        synthetic=True,
    )


def _province(bureau: Bureau, sector: Sector, rng: random.Random) -> str:
    clusters = [(c.province, 1.0) for c in bureau.clusters if c.sector == sector.id]
    if clusters and rng.random() * 100 < CLUSTER_PERCENT:
        return _pick(rng, clusters)
    primary = [(province, float(PRIMARY_WEIGHT)) for province in bureau.primary_provinces]
    return _pick(rng, primary + [(province, 1.0) for province in bureau.secondary_provinces])


def _windows(horizon: DateRange, rng: random.Random) -> tuple[DateRange, ...]:
    """Draw one to three spans that neither meet nor overlap; a span without room is dropped."""
    shortest = min(WINDOW_DAYS[0], (horizon.end - horizon.start).days + 1)
    starts = _days(horizon.start, horizon.end - timedelta(days=shortest - 1))
    weighted = [(day, float(MONTH_WEIGHTS[day.month - 1])) for day in starts]
    found: list[DateRange] = []
    for _ in range(_pick(rng, WINDOW_COUNT_WEIGHTS.items())):
        start = _pick(rng, weighted)
        end = min(horizon.end, start + timedelta(days=_between(rng, *WINDOW_DAYS) - 1))
        if not any(_meet(start, end, other) for other in found):
            found.append(DateRange(start=start, end=end))
    return tuple(sorted(found, key=lambda span: span.start))


def _diary(leader: Leader, horizon: DateRange, rng: random.Random) -> list[LeaderDays]:
    taken: list[LeaderDays] = []

    def block(start: date, n_days: int, reason: Reason) -> None:
        # What lies outside the horizon is cut off; what meets an earlier entry is dropped.
        first = max(start, horizon.start)
        last = min(start + timedelta(days=n_days - 1), horizon.end)
        if first <= last and not any(_meet(first, last, other) for other in taken):
            taken.append(LeaderDays(leader.id, first, last, reason))

    for year in range(horizon.start.year, horizon.end.year + 1):
        for month, day, n_days, tiers in SESSIONS:
            if leader.tier in tiers:
                block(date(year, month, day), n_days, "sessions")
        month = _between(rng, *LEAVE_MONTHS)
        block(date(year, month, _between(rng, 1, 28)), _between(rng, *LEAVE_DAYS), "leave")
        for month in range(1, 13):
            for _ in range(_between(rng, *TRIPS_A_MONTH[leader.tier])):
                block(date(year, month, _between(rng, 1, 28)), _between(rng, *TRIP_DAYS), "travel")
    return sorted(taken, key=lambda entry: entry.start)


def _meet(start: date, end: date, other: DateRange | LeaderDays) -> bool:
    """Whether two spans share a day or follow each other without a day between."""
    one = timedelta(days=1)
    return start <= other.end + one and other.start <= end + one


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def _pick(rng: random.Random, weighted: Iterable[tuple[T, float]]) -> T:
    """Draw one value with probability in proportion to its weight."""
    values = list(weighted)
    mark = rng.random() * sum(weight for _, weight in values)
    for value, weight in values:
        mark -= weight
        if mark < 0:
            return value
    return values[-1][0]


def _between(rng: random.Random, low: int, high: int) -> int:
    return low + int(rng.random() * (high - low + 1))


def _company_row(company: Company) -> tuple[str | int, ...]:
    return (
        company.id,
        company.name.zh,
        company.name.en,
        company.bureau,
        company.province,
        company.sector,
        company.chain,
        company.enterprise_class,
        company.expects,
        company.priority,
        ";".join(f"{span.start}..{span.end}" for span in company.windows),
        company.screening,
        company.source,
        "true" if company.synthetic else "false",
    )


def _write(path: Path, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text.getvalue(), encoding="utf-8", newline="")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)

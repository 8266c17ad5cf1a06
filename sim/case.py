"""The case: what one bureau's year needs of scenario and plan, in integers and by table look-up.

Built once for a plan, used by every future. It holds no randomness, and nothing that depends on
an amount of money but the lump sum's tranches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.plan import Plan, Status, status_of
from scenarios.assumptions import Season
from scenarios.calendar import Calendar, Period
from scenarios.model import Scenario
from scenarios.organisation import Bureau
from sim.state import State

NEVER = 1 << 30
"""A day that never comes."""

PER_MILLE = 1000

MAX_EVENTS = 64
"""Promotion events a bureau can hold in one horizon: as many are drawn for every future."""


@dataclass(frozen=True, slots=True)
class Window:
    """A grouped visit as a lead meets it: days, seats and the tier that receives it."""

    start: int
    end: int
    seats: int
    tier: str


@dataclass(frozen=True, slots=True)
class LeaveSlot:
    """One leave: who, when, and when the expenses are handed in for clearing."""

    person: int
    period: int
    start: int
    clearing_day: int


@dataclass(frozen=True, slots=True)
class Case:
    """One bureau under one plan.

    Attributes
    ----------
    present
        For each person and day: at post.
    run_left
        For each person and day: how many days in a row, this one included, they stay at post.
    at_post
        Number of persons at post on each day.
    posted
        Number of persons posted: full presence.
    workday
        Whether calls and trips can begin on a day.
    period_of, month_of
        Leave period and month of each day.
    tranche_fen
        Money released on the first day of each period.
    per_diem_left_fen
        Per-diem still to come in the period, this day's included, if nobody travels.
    season_per_mille
        Weight on signing, by day.
    works_day
        For each day: the first day of a works season on or after it, ``NEVER`` if none is left.
    mode_per_mille
        Factor on signing by mode of reception.
    state
        Where the year stands, if it does not begin on the first day.
    """

    bureau: str
    n_days: int
    n_months: int
    present: tuple[tuple[bool, ...], ...]
    run_left: tuple[tuple[int, ...], ...]
    at_post: tuple[int, ...]
    posted: int
    workday: tuple[bool, ...]
    period_of: tuple[int, ...]
    period_starts: tuple[int, ...]
    month_of: tuple[int, ...]
    month_starts: tuple[int, ...]
    windows: tuple[Window, ...]
    leaves: tuple[LeaveSlot, ...]
    event_days: tuple[tuple[int, bool], ...]
    tranche_fen: tuple[int, ...]
    per_diem_fen: int
    per_diem_left_fen: tuple[int, ...]
    away_day_fen: int
    away_night_fen: int
    rent_fen: int
    gate: str
    gate_blocks_tranche: bool
    reserve_per_diem: bool
    season_per_mille: tuple[int, ...]
    works_day: tuple[int, ...]
    mode_per_mille: dict[str, int]
    at_start_percent: int
    instalments: int
    interval_days: int
    state: State | None = None


def build_cases(scenario: Scenario, plan: Plan) -> tuple[Case, ...]:
    """Build the case of every bureau, in the scenario's order.

    Raises
    ------
    ValueError
        When the plan was made for another scenario, or holds more than :data:`MAX_EVENTS`
        promotion events of one bureau.
    """
    if plan.scenario_hash != scenario.content_hash:
        msg = (
            f"the plan belongs to a scenario with hash {plan.scenario_hash[:8]}; this one has "
            f"{scenario.content_hash[:8]}; make the plan again"
        )
        raise ValueError(msg)
    status = status_of(scenario, plan)
    return tuple(_case(scenario, plan, bureau, status) for bureau in scenario.organisation.bureaus)


def _case(
    scenario: Scenario, plan: Plan, bureau: Bureau, status: dict[str, list[Status | None]]
) -> Case:
    days = scenario.days
    present = tuple(
        tuple(mark == "post" for mark in status[person.id]) for person in bureau.persons
    )
    order = {person.id: i for i, person in enumerate(bureau.persons)}
    period_index = {period.label: i for i, period in enumerate(scenario.periods)}
    travel = scenario.budget.travel_of(bureau.id)
    season = scenario.assumptions.season
    at_post = tuple(sum(column) for column in zip(*present, strict=True))
    per_diem_fen = scenario.budget.per_diem_yuan * 100
    event_days = tuple(
        (duty.day, duty.leader is not None)
        for duty in sorted(plan.obligations)
        if duty.kind == "event" and duty.bureau == bureau.id
    )
    if len(event_days) > MAX_EVENTS:
        msg = f"{bureau.id}: {len(event_days)} promotion events planned; allowed: {MAX_EVENTS}"
        raise ValueError(msg)
    return Case(
        bureau=bureau.id,
        n_days=days.n_days,
        n_months=len(days.months),
        present=present,
        run_left=tuple(_run_left(row) for row in present),
        at_post=at_post,
        posted=len(bureau.persons),
        workday=days.workday,
        period_of=_index_of(scenario.periods, days.n_days),
        period_starts=tuple(period.start for period in scenario.periods),
        month_of=_index_of(days.months, days.n_days),
        month_starts=tuple(month.start for month in days.months),
        windows=tuple(
            Window(visit.start, visit.end, visit.seats, visit.leader_tier or "group")
            for visit in sorted(plan.visits, key=lambda v: (v.start, v.id))
            if visit.bureau == bureau.id
        ),
        leaves=tuple(
            LeaveSlot(order[x.person], period_index[x.period], x.start, x.clearing_day)
            for x in sorted(plan.leaves, key=lambda x: (x.start, x.person))
            if x.bureau == bureau.id
        ),
        event_days=event_days,
        tranche_fen=tranches_of(
            plan.budget_of(bureau.id) * 100, scenario.budget.release.shares, len(scenario.periods)
        ),
        per_diem_fen=per_diem_fen,
        per_diem_left_fen=tuple(
            per_diem_fen * sum(at_post[day : period.stop])
            for period in scenario.periods
            for day in range(period.start, period.stop)
        ),
        away_day_fen=(travel.meals_yuan_per_day + travel.local_transport_yuan_per_day) * 100,
        away_night_fen=travel.hotel_yuan_per_night * 100,
        rent_fen=scenario.budget.rent_yuan_per_month.get(bureau.id, 0) * 100,
        gate=scenario.budget.gate.policy,
        gate_blocks_tranche=scenario.budget.gate.blocks == "tranche",
        reserve_per_diem=scenario.budget.reserve_per_diem,
        season_per_mille=_season(days, season),
        works_day=_works_days(days, season),
        mode_per_mille={
            mode: round(factor * PER_MILLE)
            for mode, factor in scenario.assumptions.mode_factor.items()
        },
        at_start_percent=scenario.assumptions.funding.at_start_percent,
        instalments=scenario.assumptions.funding.instalments,
        interval_days=scenario.assumptions.funding.interval_days,
    )


def _run_left(row: tuple[bool, ...]) -> tuple[int, ...]:
    left = 0
    runs = []
    for here in reversed(row):
        left = left + 1 if here else 0
        runs.append(left)
    return tuple(reversed(runs))


def _index_of(periods: tuple[Period, ...], n_days: int) -> tuple[int, ...]:
    index = [0] * n_days
    for i, period in enumerate(periods):
        for day in range(period.start, period.stop):
            index[day] = i
    return tuple(index)


def tranches_of(total_fen: int, shares: tuple[int, ...], n_periods: int) -> tuple[int, ...]:
    """Split a lump sum into tranches that add up to it exactly."""
    weights = shares or (1,) * n_periods
    whole = sum(weights)
    upto = [total_fen * sum(weights[: i + 1]) // whole for i in range(n_periods)]
    return tuple(b - a for a, b in zip([0, *upto[:-1]], upto, strict=True))


def _season(days: Calendar, season: Season) -> tuple[int, ...]:
    """Return the weight on signing by day: the quarter's, and less around Spring Festival."""
    festival = [d for d in range(days.n_days) if days.holiday[d] == "spring-festival"]
    # The fortnight around the holiday: it and as many days on both sides as make fourteen.
    margin = max(0, 14 - len(festival)) // 2
    quiet = range(festival[0] - margin, festival[-1] + margin + 1) if festival else range(0)
    weights = []
    for day in range(days.n_days):
        weight = season.signing_weights[(days.date_of(day).month - 1) // 3]
        if day in quiet:
            weight *= season.spring_festival_weight
        weights.append(round(weight * PER_MILLE))
    return tuple(weights)


def _works_days(days: Calendar, season: Season) -> tuple[int, ...]:
    """Return for each day the first day on or after it on which works can start."""

    def open_on(day: date) -> bool:
        return season.works_start <= f"{day:%m-%d}" <= season.works_end

    following = NEVER
    found = []
    for day in reversed(range(days.n_days)):
        if open_on(days.date_of(day)):
            following = day
        found.append(following)
    return tuple(reversed(found))

"""A bureau's year: what periods that are feasible one by one cannot keep together, explained."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

import planner.explain as explaining
from planner.clashes import conflicts_of
from planner.conflicts import certificate
from planner.demands import problem_of, problems
from planner.explain import explain
from planner.feasible import first_leaves
from planner.infeasible import InfeasibleError
from planner.settings import is_feasible
from planner.starts import leave_choices
from planner.together import check_of
from planner.year import Year, year_of, years
from scenarios.model import Scenario
from tests.planner.instances import bureau, person, scenario, span


def _city(*members: Any, end: str = "2023-09-30", **asked: int) -> Scenario:
    return scenario("2023-04-01", end, bureaus=[bureau("b", members)], rules={"leave": asked})


PINNED = person("p", leave_pins=["2023-05-08", "2023-07-10"])
"""51 days lie between."""


def _shapes(city: Scenario) -> list[tuple[str, tuple[str, ...]]]:
    diagnosis = explain(city)
    assert diagnosis is not None
    return [(conflict.period, conflict.shape) for conflict in diagnosis.conflicts]


def test_a_year_is_asked_of_only_where_days_between_leaves_are():
    assert list(years(_city(PINNED))) == []
    assert [year.period for year in years(_city(PINNED, min_days_between=1))] == ["2023-Q2/2023-Q3"]


def test_periods_that_fit_one_by_one_and_not_together_are_explained_to_the_pins():
    city = _city(PINNED, person("q"), min_days_between=52)
    assert all(check_of(problem)(problem.demands) == "yes" for problem in problems(city))
    diagnosis = explain(city)
    assert diagnosis is not None
    (conflict,) = diagnosis.conflicts
    assert (conflict.period, conflict.minimal) == ("2023-Q2/2023-Q3", True)
    assert conflict.shape == ("leave-pin", "leave-pin", "leave-stretch")
    first, other = diagnosis.repairs[:2]
    assert [x.demand.rule for x in first.given_up] == ["leave-pin"]
    assert [x.demand.rule for x in other.given_up] == ["leave-stretch"]
    assert (first.cost, other.cost, first.proven, other.proven) == (5, 15, True, True)
    (setting,) = (x for x in diagnosis.settings if x.path == "rules.leave.min_days_between")
    assert (setting.now, setting.instead) == ("52", "51")
    assert diagnosis.undecided == ()


def test_days_at_most_are_explained_with_how_many_would_do():
    diagnosis = explain(_city(PINNED, max_days_between=50))
    assert diagnosis is not None
    (setting,) = (x for x in diagnosis.settings if x.path == "rules.leave.max_days_between")
    assert (setting.now, setting.instead) == ("50", "51")
    assert "现为 50" in setting.text.zh


def test_what_stops_a_period_and_what_stops_the_year_are_both_named_and_repaired_together():
    """One person's third quarter is blocked, and the colleague's pins are too near."""
    blocked = person("q", no_leave=[span("2023-07-01", "2023-09-30")])
    city = _city(PINNED, blocked, min_days_between=52)
    diagnosis = explain(city)
    assert diagnosis is not None
    assert _shapes(city) == [
        ("2023-Q3", ("leave-blocked-days", "leave-owed")),
        ("2023-Q2/2023-Q3", ("leave-pin", "leave-pin", "leave-stretch")),
    ]
    (cheapest,) = diagnosis.cheapest
    assert cheapest.period == "2023-Q2/2023-Q3"
    given_up = {concession.demand for concession in cheapest.given_up}
    assert sorted(demand.rule for demand in given_up) == ["leave-blocked-days", "leave-pin"]
    year = year_of(city, "b")
    assert check_of(year)([x for x in year.demands if x not in given_up]) == "yes"


def test_days_without_leave_that_lie_in_two_periods_are_one_demand_of_a_year():
    city = _city(person("p", no_leave=[span("2023-06-20", "2023-07-10")]), min_days_between=1)
    demands = [d for d in year_of(city, "b").demands if d.rule == "leave-blocked-days"]
    assert len(demands) == 1
    both = [problem_of(city, "b", label).refused[demands[0]] for label in ("2023-Q2", "2023-Q3")]
    assert all(both)


def test_a_leave_that_is_given_up_asks_nothing_of_the_days_to_the_other():
    year = year_of(_city(person("p"), min_days_between=180), "b")
    check = check_of(year)
    assert check(year.demands) == "no"
    for label in ("2023-Q2", "2023-Q3"):
        owed = [d for d in year.demands if d.rule == "leave-owed" and d.when == label]
        assert check([demand for demand in year.demands if demand not in owed]) == "yes"


def test_a_year_that_is_not_decided_is_said_to_be_undecided_and_never_feasible(monkeypatch):
    def giving_up(case):
        return (lambda _: "unknown") if isinstance(case, Year) else check_of(case)

    monkeypatch.setattr(explaining, "check_of", giving_up)
    diagnosis = explain(_city(PINNED, min_days_between=10))
    assert diagnosis is not None
    assert diagnosis.undecided == (("b", "2023-Q2/2023-Q3"),)
    assert diagnosis.conflicts == ()


@pytest.mark.parametrize("seed", range(60))
def test_the_demands_of_years_are_possible_exactly_where_the_planner_finds_a_rotation(seed):
    city = _odd_city(seed)
    assert is_feasible(city) == _has_rotation(city)


def test_odd_cities_are_of_both_kinds_and_some_conflict_over_the_year_alone():
    cities = [_odd_city(seed) for seed in range(60)]
    possible = [_has_rotation(city) for city in cities]
    assert 15 <= sum(possible) <= 45
    alone = [
        city
        for city, fits in zip(cities, possible, strict=True)
        if not fits and all(check_of(x)(x.demands) == "yes" for x in problems(city))
    ]
    assert len(alone) >= 6
    for city in alone[:6]:
        (year,) = years(city)
        check = check_of(year)
        found = conflicts_of(year)
        assert found
        for conflict in found:
            assert conflict.minimal
            assert check(conflict.demands) == "no"
            for left_out in conflict.demands:
                assert check([x for x in conflict.demands if x != left_out]) == "yes"


def _has_rotation(city: Scenario) -> bool:
    if certificate(city) is not None:
        return False
    try:
        first_leaves(city, leave_choices(city))
    except InfeasibleError:
        return False
    return True


def _odd_city(seed: int) -> Scenario:
    """Return a bureau over two quarters whose leaves may or may not lie as far apart as asked."""
    rng = random.Random(seed)

    def days(first: date, n: int) -> dict[str, str]:
        start = first + timedelta(days=rng.randrange(91 - n))
        return {"start": start.isoformat(), "end": (start + timedelta(days=n - 1)).isoformat()}

    members = []
    for i in range(rng.choice((1, 2, 3))):
        more: dict[str, Any] = {"no_leave": [], "leave_pins": []}
        for first in (date(2023, 4, 1), date(2023, 7, 1)):
            if rng.random() < 0.3:
                more["leave_pins"].append(days(first, 14)["start"])
            if rng.random() < 0.6:
                more["no_leave"].append(days(first, rng.choice((10, 30))))
        if rng.random() < 0.2:
            more["approved_absences"] = [days(date(2023, 4, 1), rng.choice((5, 60)))]
        members.append(person(f"p{i}", **more))
    least = rng.choice((None, 60, 80, 100))
    most = rng.choice((None, 40, 60, 90)) if least is None else None
    asked = {"min_days_between": least, "max_days_between": most}
    return scenario(
        "2023-04-01", "2023-09-30", bureaus=[bureau("b", members)], rules={"leave": asked}
    )

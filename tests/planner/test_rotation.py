"""The rotation model against brute force, and the leaves it gives."""

from __future__ import annotations

import random
from datetime import date
from itertools import product

import pytest
from ortools.sat.python.cp_model import CpModel

from planner.cpsat import Task, run
from planner.given import Given
from planner.rotation import add_rotation, key_of, leaves_of
from planner.starts import leave_choices, leave_from
from tests.planner.instances import bureau, holiday, person, scenario


def _best_wishes(city, worth):
    """Solve the rotation for the best sum of ``worth[person][start]``."""
    model = CpModel()
    rotation = add_rotation(model, city, leave_choices(city))
    total = sum(
        worth[choice.person][start] * literal
        for choice in rotation.choices
        for start, literal in rotation.literals[key_of(choice)].items()
    )
    model.maximize(total)
    answer = run(Task(model, 10))
    assert answer.status == "optimal"
    return answer.value(total), leaves_of(city, answer, rotation)


def _brute_force(city, worth, min_at_post, all_days):
    """Try every combination of first days, counting who is at post day by day."""
    choices = leave_choices(city)
    must = [all_days or city.days.workday[day] for day in range(city.days.n_days)]
    best = None
    for starts in product(*(choice.starts for choice in choices)):
        at_post = [len(choices)] * city.days.n_days
        for start in starts:
            for day in range(start, start + city.rules.leave.length_days):
                at_post[day] -= 1
        if all(n >= min_at_post for n, needed in zip(at_post, must, strict=True) if needed):
            value = sum(worth[c.person][s] for c, s in zip(choices, starts, strict=True))
            best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_the_best_rotation_of_two_persons_in_a_quarter_is_that_of_brute_force(seed):
    rng = random.Random(seed)
    all_days = bool(seed % 2)
    rules = {"coverage": {"days": "all" if all_days else "working"}}
    city = scenario("2023-01-01", "2023-03-31", rules=rules)
    # Peaks around the Spring Festival, where leaves may overlap: coverage binds there.
    worth = {
        choice.person: {s: rng.randrange(20) + 60 * (10 < s < 26) for s in choice.starts}
        for choice in leave_choices(city)
    }
    assert _best_wishes(city, worth)[0] == _brute_force(city, worth, 1, all_days)


@pytest.mark.parametrize("seed", range(3))
def test_the_best_rotation_of_three_persons_is_that_of_brute_force(seed):
    rng = random.Random(seed)
    members = [person("p"), person("q"), person("r")]
    rules = {
        "coverage": {"min_at_post": 2 - seed % 2},
        "leave": {"period_months": 1},
        "presence": {"days_per_month": 16},
    }
    city = scenario("2023-04-01", "2023-04-30", bureaus=[bureau("b", members)], rules=rules)
    worth = {c.person: {s: rng.randrange(30) for s in c.starts} for c in leave_choices(city)}
    expected = _brute_force(city, worth, 2 - seed % 2, all_days=False)
    if expected is None:
        model = CpModel()
        add_rotation(model, city, leave_choices(city))
        assert run(Task(model, 10)).status == "infeasible"
    else:
        assert _best_wishes(city, worth)[0] == expected


def test_leaves_overlap_on_holidays_alone():
    city = scenario("2023-01-01", "2023-03-31")
    spring = range(20, 27)
    worth = {
        c.person: {s: sum(s <= day < s + 12 for day in spring) for s in c.starts}
        for c in leave_choices(city)
    }
    value, leaves = _best_wishes(city, worth)
    assert value == 14  # both are away on all seven days of the festival
    one, other = (set(range(leave.start, leave.end + 1)) for leave in leaves)
    assert one & other >= set(spring)
    assert not [day for day in one & other if city.days.workday[day]]


def test_expenses_are_cleared_on_the_last_working_day_at_home():
    city = scenario("2023-04-01", "2023-06-30")
    choice = leave_choices(city)[0]
    start = city.days.day_of(date(2023, 4, 4))  # home from the 5th to Friday the 14th
    assert city.days.date_of(leave_from(city, choice, start).clearing_day) == date(2023, 4, 14)
    start = city.days.day_of(date(2023, 4, 6))  # home until Sunday the 16th
    assert city.days.date_of(leave_from(city, choice, start).clearing_day) == date(2023, 4, 14)


def test_a_leave_on_holidays_altogether_is_cleared_on_its_last_day_at_home():
    city = scenario("2023-04-01", "2023-06-30")
    year = city.calendar.years[0]
    month = holiday("long", "2023-04-01", "2023-04-30")
    closed = city.calendar.model_copy(
        update={"years": (year.model_copy(update={"holidays": (month,)}),)}
    )
    city = city.model_copy(update={"calendar": closed})
    leave = leave_from(city, leave_choices(city)[0], 3)
    assert leave.clearing_day == leave.end - 1


def test_wishes_are_counted_by_day_at_home():
    away = {"start": "2023-05-08", "end": "2023-05-10", "weight": 5}
    city = scenario(
        bureaus=[bureau("b", [person("p", leave_requests=[away]), person("q")])],
        rules={"leave": {"preferred_last_days": 10}},
    )
    given = Given(city, leave_choices(city))
    points = given.wishes["p", "2023-Q2"]
    first = city.days.day_of(date(2023, 5, 8))
    assert points[first] == 10  # travels on the 8th, at home on the 9th and 10th
    assert points[first - 1] == 15
    assert points[first + 3] == 0
    last = city.periods[0].stop - 12
    assert points[last] == 10  # ten of the twelve days in the last ten of the period


def test_festival_days_go_to_whoever_was_not_home_last_time():
    members = [person("p"), person("q", home_last_festival=True)]
    city = scenario("2023-01-01", "2023-03-31", bureaus=[bureau("b", members)])
    given = Given(city, leave_choices(city))
    start = 19  # 20 to 31 January: home on all seven days of the festival
    gain = given.wishes["p", "2023-Q1"][start]
    loss = given.wishes["q", "2023-Q1"][start]
    assert gain == -loss == 21

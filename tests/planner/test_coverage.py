"""How many persons of a bureau may be away on each day."""

from __future__ import annotations

from datetime import date

from planner.coverage import may_be_away
from scenarios.obligations import Fair, Obligations
from tests.planner.instances import bureau, person, scenario, span, text


def _limits(persons, rules=None):
    city = scenario("2023-01-01", "2023-03-31", bureaus=[bureau("b", persons)], rules=rules)
    return city, may_be_away(city, "b")


def _on(city, limits, day):
    return limits[city.days.day_of(date.fromisoformat(day))]


def test_one_of_two_may_go_on_working_days_and_both_on_others():
    city, limits = _limits([person("p"), person("q")])
    assert _on(city, limits, "2023-01-12") == 1
    assert _on(city, limits, "2023-01-14") is None  # Saturday
    assert _on(city, limits, "2023-01-23") is None  # Spring Festival


def test_cover_on_all_days_counts_holidays_too():
    rules = {"coverage": {"days": "all"}}
    _, limits = _limits([person("p"), person("q")], rules)
    assert set(limits) == {1}


def test_a_one_person_bureau_may_close_for_a_leave():
    _, limits = _limits([person("p")])
    assert set(limits) == {None, 1}


def test_a_bureau_smaller_than_its_cover_keeps_all_but_one():
    _, limits = _limits([person("p"), person("q")], {"coverage": {"min_at_post": 5}})
    assert set(limits) == {None, 1}


def test_whoever_is_left_by_an_absence_must_stay():
    away = person("p", approved_absences=[span("2023-01-09", "2023-01-13")])
    city, limits = _limits([away, person("q")])
    assert _on(city, limits, "2023-01-12") == 0
    assert _on(city, limits, "2023-01-16") == 1


def test_nobody_must_stay_where_all_are_absent():
    days = [span("2023-01-09", "2023-01-13")]
    city, limits = _limits(
        [person("p", approved_absences=days), person("q", approved_absences=days)]
    )
    assert _on(city, limits, "2023-01-12") == 0


def test_three_persons_with_two_to_stay_let_one_go():
    _, limits = _limits([person("p"), person("q"), person("r")], {"coverage": {"min_at_post": 2}})
    assert set(limits) == {None, 1}


def test_somebody_stays_for_a_fair_on_a_day_off_and_in_a_bureau_of_one():
    fair = Fair(
        id="fair", name=text("fair"), start=date(2023, 1, 14), end=date(2023, 1, 14), bureaus=("b",)
    )
    for persons, away in (([person("p"), person("q")], 1), ([person("p")], 0)):
        city = scenario(
            "2023-01-01",
            "2023-03-31",
            bureaus=[bureau("b", persons)],
            obligations=Obligations(fairs=(fair,)),
        )
        limits = may_be_away(city, "b")
        assert _on(city, limits, "2023-01-14") == away  # a Saturday
        assert _on(city, limits, "2023-01-15") is None

"""Claims about the whole scenario: its parts agree, and every disagreement is named."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from pydantic import ValidationError

from scenarios.load import load_scenario
from scenarios.model import Scenario
from tests.sim.worlds import world


def _refused(change):
    data = copy.deepcopy(world({}, bureaus=("north", "south")).model_dump())
    change(data)
    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate(data)
    return str(caught.value)


def _double_bureau(data):
    data["organisation"]["bureaus"][1]["id"] = "north"


def _unknown_unit(data):
    data["organisation"]["chains"][0]["lead_unit"] = "nobody"


def _wrong_target(data):
    data["assessment"]["items"][0]["rule"]["target"] = "funds"


def _no_lump_sum(data):
    del data["budget"]["lump_sum_yuan"]["south"]


def _missing_assumption(data):
    data["assumptions"]["items"] = data["assumptions"]["items"][1:]


def _probability_above_one(data):
    for item in data["assumptions"]["items"]:
        if item["id"] == "call-to-visit":
            item["distribution"] = {"kind": "triangular", "low": 0, "mode": 0.5, "high": 1.5}


def _long_leave(data):
    data["rules"]["leave"]["length_days"] = 93


def _posted_outside(data):
    data["organisation"]["bureaus"][0]["persons"][0]["posted_from"] = "2022-01-01"


def _no_holiday_year(data):
    data["calendar"]["years"] = []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_double_bureau, "found id 'north' twice"),
        (_unknown_unit, "found 'nobody'; allowed: one of office"),
        (_wrong_target, "a target on funds_yuan; allowed: a target on the item's metric"),
        (_no_lump_sum, "found no entry for 'south'"),
        (_missing_assumption, "allowed: every assumption the simulation draws on"),
        (_probability_above_one, "found values up to 1.5; allowed: a probability from 0 to 1"),
        (_long_leave, "found 93 days; allowed: at most the 92 days of 2023-Q3"),
        (_posted_outside, "found 2022-01-01; allowed: days within 2023-07-01 to 2023-09-30"),
        (_no_holiday_year, "no holiday data for 2023"),
    ],
)
def test_a_contradiction_is_refused_with_value_and_allowance(change, words):
    assert words in _refused(change)


def test_all_contradictions_are_named_at_once():
    def several(data):
        _unknown_unit(data)
        _no_lump_sum(data)
        _long_leave(data)

    message = _refused(several)
    assert all(words in message for words in ("'nobody'", "'south'", "93 days"))


@pytest.mark.parametrize(
    ("rule", "name", "value"),
    [
        ("leave", "min_days_between", 0),
        ("leave", "max_days_between", 80),
        ("leave", "across_periods", "credit-start"),
        ("visits", "reserved_seats", 1),
        ("visits", "newcomers", ("someone",)),
        ("visits", "joint_groups", "allowed"),
        ("visits", "in_each_leave", "required"),
        ("visits", "reception_hours", "09:30-11:00"),
    ],
)
def test_a_setting_that_came_later_counts_in_the_hash_as_soon_as_it_asks_for_something(
    rule, name, value
):
    city = load_scenario("minimal")
    # As it was before there were such settings.
    assert city.content_hash.startswith("4250bb59ca8911fa")
    asked = getattr(city.rules, rule).model_copy(update={name: value})
    rules = city.rules.model_copy(update={rule: asked})
    assert city.model_copy(update={"rules": rules}).content_hash != city.content_hash


def test_equal_content_has_an_equal_hash_and_any_change_another():
    one, same, other = world(), world(), world(lump_sum_yuan=999_999)
    assert one.content_hash == same.content_hash != other.content_hash


@pytest.mark.parametrize("trips", [{}, {"inspections": "received"}, {"length_days": 3}])
def test_default_leader_trips_leave_content_and_hash_as_if_nothing_were_said(trips):
    plain = load_scenario("minimal")
    rules = plain.rules.model_validate({**plain.rules.model_dump(), "leader_trips": trips})
    said = plain.model_copy(update={"rules": rules})
    assert "leader_trips" not in said.model_dump_json()
    assert said.content_hash == plain.content_hash


def test_leader_trips_that_differ_are_kept_and_give_another_hash():
    plain = load_scenario("minimal")
    trips = {"inspections": "either", "companies_max": 2}
    rules = plain.rules.model_validate({"leader_trips": trips})
    said = plain.model_copy(update={"rules": rules})
    assert (
        Scenario.model_validate_json(said.model_dump_json()).rules.leader_trips.companies_max == 2
    )
    assert said.content_hash != plain.content_hash


def test_trips_over_weekends_are_allowed_where_any_day_will_do_or_nobody_travels():
    plain = load_scenario("minimal").model_dump()
    for trips in ({"inspections": "either", "days": "any"}, {"inspections": "received"}):
        data = {**plain, "rules": {"leader_trips": {"length_days": 9, **trips}}}
        assert Scenario.model_validate(data).rules.leader_trips.length_days == 9


def test_a_scenario_survives_its_own_json():
    scenario = world({"calls-per-month": {"kind": "lognormal", "median": 9, "sigma": 0.5}})
    again = Scenario.model_validate_json(scenario.model_dump_json())
    assert again == scenario
    assert again.content_hash == scenario.content_hash


def test_a_changed_copy_forgets_what_was_worked_out_before_the_change():
    city = load_scenario("bole-2023")
    assert len(city.persons) == 8
    (first, *_) = city.organisation.bureaus
    alone = city.organisation.model_copy(update={"bureaus": (first,)})
    assert len(city.model_copy(update={"organisation": alone}).persons) == 2
    shorter = city.horizon.model_copy(update={"end": date(2023, 6, 30)})
    assert city.days.n_days == 365
    assert city.model_copy(update={"horizon": shorter}).days.n_days == 181

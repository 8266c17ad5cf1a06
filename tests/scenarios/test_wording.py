"""Validation errors in plain words, whatever pydantic calls them."""

from __future__ import annotations

import pytest

from scenarios.faults import ScenarioError
from scenarios.load import load_scenario
from tests.scenarios.broken import write_scenario

ITEM = "assumptions:\n  items:\n    - {id: contract-yuan, distribution: %s}\n"

CASES = [
    (
        "rules: {leader_trips: {trips_per_leader_per_year: 0}}\n",
        "trips_per_leader_per_year: found 0; allowed: 1 or more (trips)",
    ),
    (
        "rules: {leader_trips: {inspections: away}}\n",
        "inspections: found 'away'; allowed: one of 'received' or 'either'",
    ),
    ("title: 5\n", "title: found 5; allowed: a mapping: lines of 'key: value'"),
    ("title: {zh: 12}\n", "title.zh: found 12; allowed: a text; put it into quotes"),
    ("title: {zh: ''}\n", "title.zh: found ''; allowed: a text that is not empty"),
    ("budget: {per_diem_yuan: 8.5}\n", "found 8.5; allowed: a whole number"),
    ("budget: {per_diem_yuan: x}\n", "found 'x'; allowed: a whole number"),
    ("budget: null\n", "budget: found nothing (empty); allowed: a mapping"),
    ("targets: 3\n", "targets: found 3; allowed: a list: lines that begin with '- '"),
    (
        "targets:\n  - {id: new, metric: registered, minimum: 1}\n",
        "targets[new].label: found nothing; allowed: a value for 目标 target; add it",
    ),
    (
        "rules: {presence: {policy: quartely}}\n",
        "'monthly-literal' or 'monthly-except-leave'; did you mean 'quarterly'?",
    ),
    (
        "rules: {presence: {days_per_month: 32}}\n",
        "rules.presence.days_per_month: found 32; allowed: 31 or less (days)",
    ),
    ("rules: {presence: {travel_counts: maybe}}\n", "found 'maybe'; allowed: true or false"),
    ("assessment: {grades: []}\n", "grades: found a list of 0; allowed: at least 1 in the list"),
    ("assumptions: {season: {works_start: March}}\n", "found 'March'; allowed: a month and day"),
    ("horizon: {start: 2024-02-30}\n", "horizon.start: found '2024-02-30'; allowed: a day such as"),
    ("organisation: {office: Big Office}\n", "found 'Big Office'; allowed: a short name of small"),
    ("organisation: {office: nobody}\n", "found 'nobody'; allowed: one of office, unit-industry"),
    (ITEM % "{kind: normal}", "distribution: found the kind 'normal'; allowed: one of 'fixed', "),
    (ITEM % "{kind: fixed}", "distribution.value: found nothing; allowed: a value"),
    (ITEM % "{sigma: 0}", "distribution.sigma: found 0; allowed: more than 0"),
    (ITEM % "{sigma: .inf}", "distribution.sigma: found infinity; allowed: a number, not NaN"),
    (ITEM % "{mean: 1}", "found the unknown key 'mean'; allowed: the keys kind, median, sigma"),
    (
        ITEM % "{kind: fixed, value: -1}",
        "distribution: found values down to -1; allowed: 0 or more",
    ),
    (
        ITEM % "{kind: triangular, low: 3, mode: 2, high: 1}",
        "distribution: found low 3, mode 2, high 1; allowed: low <= mode <= high and low < high",
    ),
    (
        ITEM % "{kind: discrete, values: [1, 2], weights: [1]}",
        "distribution: found 2 values and 1 weights; allowed: one weight for each value",
    ),
    (
        ITEM % "{kind: discrete, values: [1], weights: [0]}",
        "distribution.weights: found 0; allowed: 0 or more, with a positive sum",
    ),
    (
        "assumptions: {mode_factor: {mayor: 1}}\n",
        "mode_factor.mayor: found 'mayor'; allowed: one of",
    ),
    (
        "budget: {rent_yuan_per_month: {BJ: 1}}\n",
        "rent_yuan_per_month.BJ: found 'BJ'; allowed: a sh",
    ),
    ("budget: {rent_yuan_per_month: {west: 1}}\n", "found 'west'; allowed: one of east, south"),
    ("budget: {release: {policy: shares}}\n", "release.shares: found none; allowed: a share for"),
    (
        "budget: {release: {shares: [-1]}}\n",
        "release.shares: found -1; allowed: shares of 0 or more",
    ),
    (
        "rules: {leave: {length_days: 2}}\n",
        "leave.length_days: found 2 days, of which 2 are travel; allowed: at least one day at home",
    ),
    (
        "rules: {visits: {group_max: 1}}\n",
        "visits.group_max: found 1; allowed: at least group_min, which is 3",
    ),
    (
        "rules: {visits: {reserved_seats: 4}}\n",
        "visits.reserved_seats: found 4; allowed: at most group_max less group_min, which is 3; re",
    ),
    (
        "rules: {visits: {joint_groups: allowed, same_host_unit: false}}\n",
        "visits.joint_groups: found 'allowed'; allowed: 'none' where same_host_unit is false; set ",
    ),
    (
        "rules: {visits: {joint_groups: often}}\n",
        "visits.joint_groups: found 'often'; allowed: ",
    ),
    (
        "rules: {visits: {reception_hours: 11:00-09:30}}\n",
        "visits.reception_hours: found 11:00-09:30; allowed: an end after the start; give the lat",
    ),
    (
        "rules: {visits: {reception_hours: 10:00}}\n",
        "rules.visits.reception_hours: found ",
    ),
    ("rules: {visits: {reception_hours: 9-11}}\n", "found '9-11'; allowed: hours such as 09:30-11"),
    ("rules: {visits: {reserved_seats: -1}}\n", "reserved_seats: found -1; allowed: 0 or more (co"),
    (
        "rules: {visits: {newcomers: [ghost]}}\n",
        "visits.newcomers: found 'ghost'; allowed: ids of companies; add the company or remove",
    ),
    (
        "rules: {leave: {min_days_between: 60, max_days_between: 50}}\n",
        "leave.max_days_between: found 50; allowed: at least min_days_between, which is 60",
    ),
    ("rules: {leave: {min_days_between: -1}}\n", "min_days_between: found -1; allowed: 0 or more"),
    ("compnies: []\n", "found the unknown key 'compnies'; allowed: the keys extends, id, "),
    ("compnies: []\n", "did you mean 'companies'?"),
]


@pytest.mark.parametrize(("text", "words"), CASES, ids=[words[:48] for _, words in CASES])
def test_a_wrong_value_is_told_once_in_plain_words(text, words, tmp_path):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write_scenario(tmp_path / "x", text))
    (fault,) = caught.value.faults
    assert words in str(fault)
    assert fault.where.startswith("scenario.yaml line ")


def test_what_can_be_set_aside_does_not_hide_the_contradictions_behind_it(tmp_path):
    text = (
        "budget: {per_diem_yuan: .nan, lump_sum_yuan: {west: 1}}\n"
        "rules: {presence: {policy: x}}\n"
        "companies: [{id: lost}]\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write_scenario(tmp_path / "x", text))
    words = str(caught.value)
    assert "budget.lump_sum_yuan: found 'west'; allowed: one of east, south" in words
    assert "budget.per_diem_yuan: found NaN" in words
    assert "rules.presence.policy: found 'x'" in words
    assert "companies[lost].bureau: found nothing" in words


def test_setting_aside_never_makes_up_a_fault(tmp_path):
    text = "organisation: {provinces: [{id: zhejiang, name: 5}]}\ncalendar: {years: [{year: x}]}\n"
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write_scenario(tmp_path / "x", text))
    places = {fault.where.rpartition(", ")[2].split("[")[0] for fault in caught.value.faults}
    assert places == {"organisation.provinces", "calendar.years"}

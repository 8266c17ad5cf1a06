"""Days between two leaves of a person: where each bound binds, where it breaks, who keeps it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product

import pytest
from ortools.sat.python.cp_model import CpModel

from benchmarks.greedy import greedy
from planner.audit import audit, violations
from planner.cpsat import Task, run
from planner.edit import judge
from planner.feasible import first_leaves
from planner.infeasible import InfeasibleError
from planner.moving import MoveLeave
from planner.plan import Plan, tables
from planner.recommend import leave_dates
from planner.replan import replan
from planner.rotation import add_rotation, key_of, leaves_of
from planner.solve import make_plan
from planner.starts import leave_choices
from planner.stretch import Stretch, stretches
from planner.why import AtHome, why
from scenarios.model import Scenario
from scenarios.obligations import EventDuty, Obligations
from tests.planner.audit_world import findings_of, of_rule, one_leave, small
from tests.planner.instances import bureau, company, leader, person, random_city, scenario, span

NO_EVENTS = Obligations(events=EventDuty(per_bureau=0, led_per_bureau=0))


def _two_quarters(*members, **asked: int) -> Scenario:
    return scenario(
        "2023-04-01",
        "2023-09-30",
        bureaus=[bureau("b", members)],
        rules={"leave": asked},
        obligations=NO_EVENTS,
    )


def _gap(leaves, who: str = "p") -> int:
    one, other = sorted(leave.start for leave in leaves if leave.person == who)
    return other - one - 12


def _pinned(first: str, second: str, **asked: int) -> Scenario:
    return _two_quarters(person("p", leave_pins=[first, second]), **asked)


def _has_rotation(city: Scenario) -> bool:
    try:
        first_leaves(city, leave_choices(city))
    except InfeasibleError:
        return False
    return True


# 8 to 19 May, then from 10 July: 51 days lie between.
NEAR = ("2023-05-08", "2023-07-10")


@pytest.mark.parametrize(
    ("asked", "possible"),
    [
        ({"min_days_between": 51}, True),
        ({"min_days_between": 52}, False),
        ({"max_days_between": 51}, True),
        ({"max_days_between": 50}, False),
        ({"min_days_between": 51, "max_days_between": 51}, True),
    ],
)
def test_two_fixed_leaves_lie_as_far_apart_as_is_asked_to_the_day(asked, possible):
    assert _has_rotation(_pinned(*NEAR, **asked)) == possible


def _best_start(city: Scenario, *, late: bool) -> int:
    """Return the latest, or earliest, first day the second leave can have."""
    model = CpModel()
    rotation = add_rotation(model, city, leave_choices(city))
    begins = sum(day * literal for day, literal in rotation.literals["p", "2023-Q3"].items())
    model.maximize(begins if late else -begins)
    answer = run(Task(model, 5))
    assert answer.status == "optimal"
    return answer.value(begins)


def test_a_leave_fixed_in_one_period_binds_the_next():
    one = person("p", leave_pins=["2023-05-08"])
    ended = _two_quarters(one).days.day_of(date(2023, 5, 19))
    latest = _best_start(_two_quarters(one, max_days_between=60), late=True)
    assert latest - ended - 1 == 60
    earliest = _best_start(_two_quarters(one, min_days_between=60), late=False)
    assert earliest - ended - 1 == 60


def test_nothing_is_asked_by_default_nor_of_colleagues_nor_across_a_period_without_leave():
    city = _two_quarters(person("p"), person("q"))
    assert stretches(city, map(key_of, leave_choices(city))) == ()
    asked = _two_quarters(person("p"), person("q"), min_days_between=1)
    assert [x.leaves for x in stretches(asked, map(key_of, leave_choices(asked)))] == [
        (("p", "2023-Q2"), ("p", "2023-Q3")),
        (("q", "2023-Q2"), ("q", "2023-Q3")),
    ]
    absent = person("p", approved_absences=[span("2023-04-05", "2023-06-25")])
    year = scenario(
        "2023-01-01",
        "2023-09-30",
        bureaus=[bureau("b", [absent])],
        rules={"leave": {"min_days_between": 1}},
    )
    assert [key_of(choice)[1] for choice in leave_choices(year)] == ["2023-Q1", "2023-Q3"]
    assert stretches(year, map(key_of, leave_choices(year))) == ()


@pytest.mark.parametrize("seed", range(20))
def test_days_out_of_reach_of_the_other_leave_are_those_that_no_pair_holds(seed):
    rng = random.Random(seed)
    least, most = rng.choice([None, 3]), rng.choice([None, 9])
    asked = Stretch((("p", "1"), ("p", "2")), 4, least, most)
    ones, others = (tuple(sorted(rng.sample(range(40), 4))) for _ in range(2))
    pairs = [pair for pair in product(ones, others) if asked.allows(*pair)]
    assert asked.before(ones, others) == tuple(sorted({one for one, _ in pairs}))
    assert asked.after(ones, others) == tuple(sorted({other for _, other in pairs}))
    assert asked.after((None, *ones), others) == others
    assert asked.before((None, *ones), ()) == (None,)


@pytest.mark.parametrize("seed", range(8))
def test_the_best_rotation_over_two_periods_is_that_of_brute_force(seed):
    """Two persons, two months, every four first days: cover and days between counted by hand."""
    rng = random.Random(seed)
    least, most = rng.choice(((20, 25), (None, 12), (29, None), (16, 18)))
    rules = {
        "leave": {
            "period_months": 1,
            "length_days": 6,
            "min_days_between": least,
            "max_days_between": most,
        },
        "presence": {"days_per_month": 18},
    }
    city = scenario(
        "2023-06-01", "2023-07-31", bureaus=[bureau("b", [person("p"), person("q")])], rules=rules
    )
    # Some first days are left out, so that every combination of the others can be tried.
    choices = tuple(
        replace(choice, starts=tuple(sorted(rng.sample(choice.starts, 9))))
        for choice in leave_choices(city)
    )
    worth = {key_of(c): {s: rng.randrange(50) for s in c.starts} for c in choices}
    best = None
    keys = [key_of(choice) for choice in choices]
    for starts in product(*(choice.starts for choice in choices)):
        own = dict(zip(keys, starts, strict=True))
        gaps = [own[who, "2023-07"] - own[who, "2023-06"] - 6 for who in ("p", "q")]
        if any(
            (least is not None and gap < least) or (most is not None and gap > most) for gap in gaps
        ):
            continue
        away = [
            {day for (person_, _), s in own.items() if person_ == who for day in range(s, s + 6)}
            for who in ("p", "q")
        ]
        if any(city.days.workday[day] for day in away[0] & away[1]):
            continue
        value = sum(worth[key][start] for key, start in own.items())
        best = value if best is None else max(best, value)
    model = CpModel()
    rotation = add_rotation(model, city, choices)
    total = sum(
        worth[key][start] * literal
        for key, literals in rotation.literals.items()
        for start, literal in literals.items()
    )
    model.maximize(total)
    answer = run(Task(model, 10))
    if best is None:
        assert answer.status == "infeasible"
    else:
        assert answer.status == "optimal"
        assert answer.value(total) == best
        assert len(leaves_of(city, answer, rotation)) == 4


@cache
def _spaced() -> Scenario:
    city = random_city(1, n_bureaus=2, n_companies=60)
    leave = city.rules.leave.model_copy(update={"min_days_between": 60, "max_days_between": 100})
    rules = city.rules.model_copy(update={"leave": leave})
    return city.model_copy(update={"rules": rules, "obligations": NO_EVENTS})


@cache
def _plan() -> Plan:
    return make_plan(_spaced(), time_limit_s=4)


def test_a_plan_keeps_the_days_between_and_passes_the_audit_that_counts_them_itself():
    findings = audit(_spaced(), tables(_spaced(), _plan()))
    assert violations(findings) == ()
    counted = [f for f in findings if f.rule == "leave-stretch"]
    assert [f.subject for f in counted] == [p.id for _, p in _spaced().persons]
    assert {f.actual for f in counted} == {"amiss 0 of 3"}
    assert _plan().levels[0].value > 0


def test_the_rule_of_thumb_keeps_them_too_or_makes_no_plan():
    roster = greedy(_spaced())
    assert roster is not None
    assert violations(audit(_spaced(), tables(_spaced(), roster))) == ()
    assert greedy(_pinned("2023-05-08", "2023-07-10", min_days_between=52)) is None


@pytest.mark.parametrize(
    ("asked", "actual", "verdict"),
    [
        ({"min_days_between": 51}, "amiss 0 of 1", "ok"),
        ({"min_days_between": 52}, "amiss 1: 51 before 2023-07-10 of 1", "violated"),
        ({"max_days_between": 51}, "amiss 0 of 1", "ok"),
        ({"max_days_between": 50}, "amiss 1: 51 before 2023-07-10 of 1", "violated"),
    ],
)
def test_the_audit_counts_the_days_between_two_leaves(asked, actual, verdict):
    city = small("2023-04-01", "2023-09-30", person("north-p"), rules={"leave": asked})
    starts = {"north-p": ("2023-Q2", NEAR[0])}
    later = {"north-p": ("2023-Q3", NEAR[1])}
    one, other = (one_leave(city, chosen) for chosen in (starts, later))
    made = replace(one, leaves=tuple(sorted((*one.leaves, *other.leaves))))
    findings = audit(city, tables(city, made))
    (found,) = of_rule(findings, "leave-stretch")
    assert found[2:] == (actual, verdict)


def test_where_nothing_is_asked_the_audit_says_nothing_of_it():
    city = small("2023-04-01", "2023-06-30", person("north-p"))
    assert of_rule(findings_of(city, {"north-p": ("2023-Q2", NEAR[0])}), "leave-stretch") == []


def test_no_rotation_is_told_with_the_days_asked_for_and_what_would_do():
    city = _pinned(*NEAR, min_days_between=52, max_days_between=90)
    with pytest.raises(InfeasibleError) as caught:
        make_plan(city, time_limit_s=2)
    (line,) = caught.value.explanation.lines
    assert "at least 52 and at most 90 days between two leaves" in line.en
    assert "pinned first days; days between two leaves of a person." in line.en
    assert "至少 52 天、至多 90 天" in line.zh
    assert caught.value.explanation.rules == ("leave-pin", "leave-stretch")


def _published() -> tuple[Scenario, Plan]:
    companies = [company(f"c{i}", "b", span("2023-05-09", "2023-05-18")) for i in range(3)]
    city = scenario(
        "2023-04-01",
        "2023-09-30",
        bureaus=[bureau("b", [person("p", leave_pins=[NEAR[0]]), person("q")])],
        companies=companies,
        leaders=[leader("l")],
        rules={"leave": {"min_days_between": 40, "max_days_between": 60}},
        obligations=NO_EVENTS,
    )
    return city, make_plan(city, time_limit_s=3)


def test_a_published_leave_that_has_begun_binds_the_leave_that_moves():
    city, published = _published()
    second = next(x for x in published.leaves if (x.person, x.period) == ("p", "2023-Q3"))
    day = city.days.date_of(second.start + 2)
    members = [
        p.model_copy(update={"approved_absences": (span(day.isoformat()),), "leave_pins": ()})
        if p.id == "p"
        else p
        for p in city.organisation.bureaus[0].persons
    ]
    organisation = city.organisation.model_copy(update={"bureaus": (bureau("b", members),)})
    changed = city.model_copy(update={"organisation": organisation})
    today = city.days.day_of(date(2023, 5, 22))
    made = replan(changed, published, today, with_frontier=False)
    moved = {change.subject for change in made.changes if change.kind == "leave-moved"}
    assert "p" in moved
    assert 40 <= _gap(made.plan.leaves) <= 60
    own = [x for x in made.plan.leaves if x.person == "p"]
    assert city.days.date_of(min(x.start for x in own)) == date(2023, 5, 8)
    assert violations(audit(changed, tables(changed, made.plan))) == ()


def test_history_that_the_days_between_cannot_follow_is_told_in_words():
    city, published = _published()
    leave = city.rules.leave.model_copy(update={"min_days_between": 124, "max_days_between": None})
    changed = city.model_copy(update={"rules": city.rules.model_copy(update={"leave": leave})})
    today = city.days.day_of(date(2023, 5, 22))
    with pytest.raises(InfeasibleError) as caught:
        replan(changed, published, today)
    (line,) = caught.value.explanation.lines
    # The first leave has begun, so that no pin can give way any more.
    assert "would do: days between two leaves of a person." in line.en


@pytest.mark.parametrize(("start", "is_broken"), [("2023-07-19", False), ("2023-07-20", True)])
def test_an_edit_that_takes_two_leaves_too_far_apart_is_judged_at_once(start, is_broken):
    city, published = _published()
    edit = MoveLeave("p", "2023-Q3", city.days.day_of(date.fromisoformat(start)))
    broken = {finding.rule for finding in judge(city, published, edit).broken}
    assert ("leave-stretch" in broken) == is_broken


def test_recommended_dates_keep_the_days_between():
    city, published = _published()
    found = leave_dates(city, published, "p", "2023-Q3")
    assert len(found) == 5
    ended = city.days.day_of(date(2023, 5, 19))
    assert all(40 <= suggestion.start - ended - 1 <= 60 for suggestion in found)


def test_why_not_later_is_answered_with_the_days_between():
    city, published = _published()
    first = city.days.day_of(date(2023, 8, 7))
    because = why(city, published, AtHome("p", first, first + 11))
    assert because.anew is None
    (reason,) = because.reasons
    assert "at least 40 and at most 60 days between two leaves" in reason.en
    assert "至少 40 天、至多 60 天" in reason.zh

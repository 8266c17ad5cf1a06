"""Claims about what would have to be true: found on the same futures, nearest to today's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios.assumptions import KNOWN
from sim.assumptions import ONE
from sim.forecast import forecast
from sim.kept import keep
from sim.results import Results
from sim.samples import Job, prepared, sample
from sim.shift import table_in
from sim.stress import BUDGET, CLOSE, TAILS, Scaled, stress
from sim.tally import tally_of
from tests.sim.test_samples import SCENARIO
from tests.sim.worlds import plan_for

PLAN = plan_for(SCENARIO)
JOB = Job(SCENARIO, PLAN, seed=3, tails=TAILS, own=True)
KEY = ("target", "north", "registered")
SOME = (BUDGET, "call-to-visit", "calls-per-month", "registration-delay-days", "event-held")


@pytest.fixture(scope="module")
def found():
    return stress(SCENARIO, PLAN, goal=0.6, n=200, seed=3, levers=SOME)


def _p(key, scaled):
    samples = keep(JOB, 0, 200).under(scaled)
    return tally_of(Results(SCENARIO, PLAN, samples)).estimate(*key)


def test_today_is_the_forecast_of_the_same_seed(found):
    own = forecast(SCENARIO, PLAN, n=200, seed=3, tails=TAILS).tally
    for key, base in found.base.items():
        assert base == own.estimate(*key)


def test_a_factor_that_is_found_reaches_the_goal_and_a_little_less_does_not(found):
    checked = 0
    for key, needs in found.needs.items():
        for need in needs:
            factor = round(1000 * need.factor)
            assert _p(key, Scaled(need.lever, factor)) == need.estimate
            assert need.reached == (need.estimate.p >= found.goal)
            if need.reached:
                # Odds may go up and down by a future or two from one factor to the next.
                nearer = np.linspace(factor, factor / CLOSE if factor > 1000 else factor * CLOSE, 9)
                odds = [_p(key, Scaled(need.lever, round(x))).p for x in nearer[1:]]
                assert min(odds) < found.goal, (key, need)
                checked += 1
    assert checked >= 3


def test_what_reaches_the_goal_comes_first_the_nearest_on_top(found):
    for needs in found.needs.values():
        far = [max(x.factor, 1 / x.factor) for x in needs if x.reached]
        assert far == sorted(far)
        assert [x.reached for x in needs] == sorted((x.reached for x in needs), reverse=True)


def test_a_goal_already_reached_needs_nothing():
    easy = stress(SCENARIO, PLAN, goal=0.01, n=100, seed=3, levers=("call-to-visit",))
    there = [key for key, base in easy.base.items() if base.p >= 0.01]
    assert there
    assert all(easy.needs[key] == () for key in there)


def test_what_has_no_effect_or_only_harms_is_left_out(found):
    for needs in found.needs.values():
        assert "event-held" not in {need.lever for need in needs}
        for need in needs:
            assert need.reached or need.estimate.p > 0


def test_a_probability_is_never_scaled_past_certain():
    _, decks = prepared(SCENARIO, PLAN)
    table = table_in(Scaled("call-to-visit", 8000).of(decks[0]), "call-to-visit")
    assert table.max() <= ONE
    assert table.dtype == table_in(decks[0], "call-to-visit").dtype


def test_money_scales_every_tranche_and_nothing_else():
    _, decks = prepared(SCENARIO, PLAN)
    moved = Scaled(BUDGET, 2000).of(decks[0])
    assert moved.tranche_fen.tolist() == [2 * fen for fen in decks[0].tranche_fen.tolist()]
    same = [name for name in moved._fields if name != "tranche_fen"]
    assert all(getattr(moved, name) is getattr(decks[0], name) for name in same)


def test_a_lever_at_once_is_the_same_as_a_plan_with_twice_the_money():
    plan = replace(PLAN, budget_yuan=tuple((key, 2 * yuan) for key, yuan in PLAN.budget_yuan))
    own = sample(replace(JOB, plan=plan), 0, 50)
    assert np.array_equal(own.tails, keep(JOB, 0, 50).under(Scaled(BUDGET, 2000)).tails)


def test_workers_change_nothing(found):
    again = stress(SCENARIO, PLAN, goal=0.6, n=200, seed=3, levers=SOME, workers=2)
    assert again.to_json() == found.to_json()


def test_a_stop_leaves_no_half_answer():
    assert stress(SCENARIO, PLAN, goal=0.6, n=100, seed=3, stop=lambda: True) is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"goal": 1.0}, "goal"),
        ({"n": 99}, "n"),
        ({"workers": 0}, "workers"),
        ({"levers": ("luck",)}, "levers"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(wrong, named):
    asked = {"goal": 0.8, "n": 100, "seed": 1, **wrong}
    with pytest.raises(ValueError, match=rf"{named}: found .*allowed"):
        stress(SCENARIO, PLAN, **asked)


def test_today_names_every_lever_in_its_unit(found):
    assert set(found.today) == set(SOME) <= {BUDGET, *KNOWN}
    for bureau, yuan in PLAN.budget_yuan:
        assert found.today[BUDGET][bureau] == (yuan, yuan, yuan)

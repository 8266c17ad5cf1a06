import ast
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, chisquare

import sim
from sim.futures import (
    LEAD_IN_DAYS,
    MAX_OPENINGS,
    Role,
    draw_bureau_future,
    draw_future,
    key_of,
    resampled,
)
from tests.sim.worlds import world

KEY = key_of(1, Role.FORECAST)
BUSY = {"calls-per-month": {"kind": "lognormal", "median": 15, "sigma": 0.6}}


def test_a_future_depends_on_seed_index_and_role_alone():
    scenario = world(BUSY)
    again = draw_future(world(BUSY), 5, seed=9)
    assert draw_future(scenario, 5, seed=9) == again
    assert draw_future(scenario, 6, seed=9) != again
    assert draw_future(scenario, 5, seed=10) != again
    assert draw_future(scenario, 5, seed=9, role=Role.CONFIRM) != again


def test_a_future_does_not_know_the_money_or_the_rules():
    rich = world(BUSY, lump_sum_yuan=10**8, per_diem_yuan=80)
    assert draw_future(rich, 3, seed=1) == draw_future(world(BUSY), 3, seed=1)


def test_the_order_of_bureaus_moves_no_numbers():
    forward = draw_future(world(BUSY, bureaus=("north", "south")), 2, seed=4)
    backward = draw_future(world(BUSY, bureaus=("south", "north")), 2, seed=4)
    assert forward.bureaus == backward.bureaus[::-1]


def test_another_assumption_moves_no_other_numbers():
    changed = world({**BUSY, "contract-yuan": {"kind": "lognormal", "median": 9, "sigma": 1}})
    before = draw_future(world(BUSY), 2, seed=4).bureaus[0]
    after = draw_future(changed, 2, seed=4).bureaus[0]
    assert before.parameters == after.parameters
    assert before.leads.arrival_day == after.leads.arrival_day
    assert before.leads.contract_word == after.leads.contract_word
    assert before.leads.amount_fen != after.leads.amount_fen


def test_shared_assumptions_are_equal_for_all_bureaus_and_others_are_not():
    scenario = world(
        {"calls-per-month": 3, "visit-to-contract": {"kind": "beta", "a": 6, "b": 18}},
        bureaus=("north", "south"),
    )
    own = draw_future(scenario, 0, seed=1)
    assert own.bureaus[0].parameters.contract != own.bureaus[1].parameters.contract
    data = scenario.model_dump()
    for item in data["assumptions"]["items"]:
        item["scope"] = "shared"
    shared = draw_future(type(scenario).model_validate(data), 0, seed=1)
    assert shared.bureaus[0].parameters == shared.bureaus[1].parameters


def test_the_lead_in_reaches_back_two_years():
    leads = draw_future(world({"calls-per-month": 30}), 0, seed=1).bureaus[0].leads
    assert -LEAD_IN_DAYS <= leads.arrival_day[0] < -LEAD_IN_DAYS + 30
    assert 85 < leads.arrival_day[-1] < 92
    assert list(leads.arrival_day) == sorted(leads.arrival_day)


def test_no_rate_means_no_openings():
    assert len(draw_future(world(), 0, seed=1).bureaus[0].leads) == 0


def test_more_openings_than_the_table_holds_raise():
    scenario = world({"calls-per-month": MAX_OPENINGS})
    with pytest.raises(OverflowError, match="at most"):
        draw_bureau_future(scenario.assumptions, "north", 92, key=KEY, future=0, n_leaves=2)


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(ValueError, match="seed"):
        key_of(seed, Role.FORECAST)


def test_futures_drawn_again_are_as_many_as_there_were():
    for n in (1, 2, 3, 4, 5, 333):
        counts = resampled(n, 20, key=KEY)
        assert counts.shape == (20, n)
        assert counts.min() >= 0
        assert (counts.sum(axis=1) == n).all()


def test_futures_are_drawn_again_by_the_key_and_the_replicate_alone():
    found = resampled(50, 9, key=KEY)
    assert np.array_equal(resampled(50, 9, key=KEY), found)
    assert np.array_equal(resampled(50, 4, key=KEY), found[:4])
    assert not np.array_equal(resampled(50, 9, key=key_of(2, Role.FORECAST)), found)
    assert len({row.tobytes() for row in found}) == 9


def test_each_future_is_as_likely_to_be_drawn_again_as_any_other():
    """At 0.1 %: how often each future is drawn, and how often one is drawn so many times."""
    n, replicates = 100, 2_000
    counts = resampled(n, replicates, key=KEY)
    assert chisquare(counts.sum(axis=0)).pvalue > 0.001
    times = np.bincount(np.minimum(counts[:, 0], 5), minlength=6)
    odds = binom.pmf(np.arange(5), n, 1 / n)
    assert chisquare(times, replicates * np.append(odds, 1 - odds.sum())).pvalue > 0.001
    # Neighbours share the four words of a counter: what one is drawn tells nothing of the next.
    together = np.corrcoef(counts, rowvar=False)[np.arange(n - 1), np.arange(1, n)]
    assert abs(together.mean() + 1 / (n - 1)) < 4 / np.sqrt(replicates * n)


def test_no_random_generator_is_made_outside_futures():
    for path in sorted(Path(sim.__file__).parent.glob("*.py")):
        if path.name in {"futures.py", "assumptions.py"}:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        modules = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert not ({"random", "default_rng", "SeedSequence"} & (names | modules)), path.name

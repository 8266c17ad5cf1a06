"""Claims about kept futures: under a shift they are what simulating everything anew gives."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scenarios.assumptions import KNOWN
from sim.assumptions import ONE, UNITS, table_of
from sim.futures import Role, key_of
from sim.kept import keep
from sim.kernel import DONE, run_bureau, run_duties, run_keeping, run_tails
from sim.outcome import BINDING, COLUMNS, FLOWS, SPEND_HEADS, TAIL_COLUMNS
from sim.packing import pack
from sim.samples import Job, prepared, sample
from sim.shift import ENDS, Shift, shifts_of, table_in
from tests.sim.test_samples import JOB, SCENARIO, _bytes
from tests.sim.twins import random_case
from tests.sim.worlds import plan_for, world

COUNT = 6


def arrays(case, tails):
    return (
        np.zeros((COUNT, len(COLUMNS)), np.int64),
        np.zeros((COUNT, len(FLOWS), case.n_months), np.int64),
        np.zeros((COUNT, len(SPEND_HEADS), case.n_months), np.int64),
        np.zeros((COUNT, tails, len(TAIL_COLUMNS)), np.int64),
        np.zeros((COUNT, len(BINDING), case.n_months), np.int64),
    )


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("batch", range(4))
def test_what_follows_visits_and_duties_need_no_new_path(batch, own):
    rng = random.Random(f"kept/{batch}")
    moved = 0
    for number in range(8):
        case, assumptions = random_case(rng)
        deck = pack(case, assumptions)
        key = np.array(key_of(number, Role.FORECAST), np.int64)
        base, ends = arrays(case, 3), np.zeros(COUNT, np.int64)
        ended, _, visits = run_keeping(deck, key, 0, COUNT, 2, own, *base, True, ends)
        assert ended == DONE
        for shift in (end for pair in shifts_of([deck]) for end in pair):
            if shift.stage == "path" or (other := shift.of(deck)) is deck:
                continue
            anew = arrays(case, 3)
            assert run_bureau(other, key, 0, COUNT, 2, own, *anew) == (DONE, -1)
            values, flow, spend, tails, bound = (array.copy() for array in base)
            if shift.stage == "duties":
                run_duties(other, key, 0, COUNT, 2, values)
            else:
                flow[:] = 0
                run_tails(other, key, 0, COUNT, 2, own, ends, visits, values, flow, tails)
            for again, expected in zip((values, flow, spend, tails, bound), anew, strict=True):
                assert np.array_equal(again, expected), shift
            moved += not all(np.array_equal(a, b) for a, b in zip(base, anew, strict=True))
    assert moved > 20


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("calls-per-month", "p10-p90"),
        ("call-to-visit", "p10-p90"),
        ("visit-to-contract", "p10-p90"),
        ("contract-to-started", "p10-p90"),
        ("away-share", "scaled"),
        ("event-held", "scaled"),
    ],
)
def test_a_shift_is_the_scenario_with_that_value_fixed(name, how, end):
    job = JOB
    shift = Shift(name, how, end)
    kept = keep(job, 2, 9)
    data = SCENARIO.model_dump()
    (item,) = [x for x in data["assumptions"]["items"] if x["id"] == name]
    item["distribution"] = {"kind": "fixed", "value": _level(shift)}
    other = type(SCENARIO).model_validate(data)
    anew = sample(Job(other, plan_for(other), seed=job.seed, tails=job.tails), 2, 9)
    assert _bytes(kept.under(shift)) == _bytes(anew)


def _level(shift):
    distribution = SCENARIO.assumptions[shift.assumption].of("north")
    if shift.how == "scaled":
        (value,) = {*distribution.support()}
        return min(1, value * {"low": 0.8, "high": 1.25}[shift.end])
    table = table_of(SCENARIO.assumptions, shift.assumption, "north")
    cell = int({"low": 0.1, "high": 0.9}[shift.end] * len(table))
    return table[cell] / UNITS[KNOWN[shift.assumption].domain]


def test_a_shift_that_changes_nothing_gives_the_same_samples():
    kept = keep(JOB, 0, 5)
    # No carry-over is scaled to no carry-over.
    assert kept.under(Shift("carry-over-funds-yuan", "scaled", "high")) is kept.samples


def test_kept_futures_are_the_samples():
    assert _bytes(keep(JOB, 3, 9).samples) == _bytes(sample(JOB, 3, 9))


def test_unsure_assumptions_are_set_and_the_rest_is_scaled():
    how = {low.assumption: low.how for low, _ in shifts_of(prepared(SCENARIO, JOB.plan)[1])}
    assert how.keys() == KNOWN.keys()
    assert how["calls-per-month"] == "p10-p90"
    assert how["contract-yuan"] == "scaled"  # luck: drawn for each contract
    assert how["event-held"] == "scaled"  # the same in every future


def test_a_scaled_distribution_keeps_whole_days_and_certainty():
    days = world({"trip-days": {"kind": "discrete", "values": [1, 2, 3], "weights": [1, 1, 1]}})
    _, (deck,) = prepared(days, plan_for(days))

    def seen(name, end):
        return sorted(set(table_in(Shift(name, "scaled", end).of(deck), name).tolist()))

    assert seen("trip-days", "low") == [1, 2]  # 0.8, 1.6, 2.4
    assert seen("trip-days", "high") == [1, 3, 4]  # 1.25, 2.5, 3.75
    assert seen("event-held", "high") == [ONE]


def test_a_distribution_scaled_beyond_the_kernels_integers_is_refused_in_words():
    dear = world({"hospitality-yuan": 20_000_000})
    _, (deck,) = prepared(dear, plan_for(dear))
    with pytest.raises(OverflowError, match="hospitality-yuan scaled by a quarter reaches 250"):
        Shift("hospitality-yuan", "scaled", "high").of(deck)

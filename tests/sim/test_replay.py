"""Claims about replays: the log keeps its vocabulary and tells the same year as the outcome."""

from __future__ import annotations

import random

import numpy as np
import pytest

from sim.case import build_cases
from sim.futures import Future, Role, draw_bureau_future, draw_future, key_of
from sim.model import simulate
from sim.replay import (
    COLUMNS,
    KINDS,
    OF_THE_PURSE,
    disagreements,
    faults,
    replay,
    replays,
    statistics,
)
from sim.results import Results
from sim.samples import Job, sample
from tests.sim.test_samples import SCENARIO
from tests.sim.twins import random_case
from tests.sim.worlds import plan_for

JOB = Job(SCENARIO, plan_for(SCENARIO), seed=3)


def lived(case, assumptions, future, seed):
    drawn = draw_bureau_future(
        assumptions,
        case.bureau,
        case.n_days,
        key=key_of(seed, Role.FORECAST),
        future=future,
        n_leaves=len(case.period_starts) * len(case.present),
    )
    log = []
    (outcome,) = simulate((case,), Future(future, (drawn,)), log=log).bureaus
    return log, outcome


def test_on_random_cases_the_log_adds_up_to_the_outcome_and_keeps_its_schema():
    rng, seen = random.Random("replay"), set()
    for number in range(60):
        case, assumptions = random_case(rng)
        for future in range(2):
            log, outcome = lived(case, assumptions, future, number)
            assert faults(log, (case,)) == []
            assert disagreements(log, case, outcome) == [], (number, future)
            seen |= {kind for _, kind, *_ in log}
    assert seen == KINDS.keys()


@pytest.fixture(scope="module")
def year():
    (case, *_) = cases = build_cases(SCENARIO, JOB.plan)
    log = []
    outcome = simulate(cases, draw_future(SCENARIO, 0, seed=3), log=log).bureaus[0]
    return [row for row in log if row[2] == case.bureau], case, outcome


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("opening", {"openings", "waiting"}),
        ("call", {"calls", "waiting"}),
        ("signed", {"signed", "signed_fen", "signed_month_fen"}),
        ("funds", {"funds_month_fen"}),
        ("spent", {"spend_fen", "balance_fen"}),
        ("released", {"released_fen", "balance_fen"}),
    ],
)
def test_a_row_that_is_missing_shows(year, kind, fields):
    log, case, outcome = year
    at = next(i for i, row in enumerate(log) if row[1] == kind)
    assert set(disagreements(log[:at] + log[at + 1 :], case, outcome)) == fields


def test_what_the_log_tells_is_most_of_an_outcome(year):
    log, case, _ = year
    assert len(statistics(log, case)) == 24


@pytest.mark.parametrize(
    "row",
    [
        (0, "danced", "north", 1, ""),
        (0, "call", "nowhere", 1, "travel"),
        (-1, "opening", "north", 1, ""),
        (92, "opening", "north", 1, ""),
        (0, "opening", "north", -1, ""),
        (0, "short", "north", 0, ""),
        (0, "call", "north", 1, "gifts"),
        (0, "signed", "north", 1, ""),
        (0, "signed", "north", 1, "1.5"),
        (0, "spent", "north", -1, "rent"),
        (0, "opening", "north", 1, "why"),
    ],
)
def test_a_row_outside_the_schema_is_a_fault(row):
    cases = build_cases(SCENARIO, JOB.plan)
    assert len(faults([row], cases)) == 1
    assert (
        faults([(0, "opening", "north", 1, ""), (0, "spent", "south", -1, "rent 5")], cases) == []
    )


@pytest.mark.parametrize("by", ["signed_yuan", "score"])
def test_the_future_of_a_quantile_has_as_many_below_it_as_it_says(by):
    found = replays(JOB, 51, by)
    samples = sample(JOB, 0, 51)
    values = samples.of("signed_fen").sum(axis=1) / 100
    if by == "score":
        values = next(iter(Results(SCENARIO, JOB.plan, samples).sheets.values())).total
        values = values[:, 0].sum(axis=1)
    for name, rank in {"p10": 6, "p50": 26, "p90": 46}.items():
        own = found[name]
        assert own.value == pytest.approx(values[own.future], abs=0.01)
        assert (values < own.value - 0.01).sum() < rank <= (values <= own.value + 0.01).sum()


def test_a_replay_is_the_kernels_future_lived_through_by_the_law():
    events = replay(JOB, 17)
    assert tuple(events.columns) == COLUMNS
    assert list(events["day"]) == sorted(events["day"])
    samples = sample(JOB, 17, 1)
    for place, bureau in enumerate(("north", "south")):
        own = events[events["bureau"] == bureau]
        signed = own[own["kind"] == "signed"]["detail"].astype(int)
        assert signed.sum() == samples.of("signed_fen")[0, place] > 0
        assert (own["kind"] == "call").sum() == samples.of("calls")[0, place]
    assert (events[events["kind"].isin(OF_THE_PURSE)]["who"] == -1).all()


def test_futures_that_share_parameters_are_replayed_with_them():
    shared = Job(SCENARIO, JOB.plan, seed=3, reps=5)
    events, samples = replay(shared, 7), sample(shared, 7, 1)
    assert (events["kind"] == "call").sum() == samples.of("calls").sum()
    assert (replay(JOB, 7)["kind"] == "call").sum() != samples.of("calls").sum()


def test_a_log_that_does_not_tell_the_outcome_is_not_shown(monkeypatch):
    monkeypatch.setitem(KINDS, "call", "fen")
    with pytest.raises(RuntimeError, match="the log of future 0 does not hold"):
        replay(JOB, 0)


def test_another_order_is_refused_in_words():
    with pytest.raises(ValueError, match="by: found luck; allowed: signed_yuan, score"):
        replays(JOB, 10, "luck")


def test_stopped_there_are_no_replays():
    assert replays(JOB, 10, "score", stop=lambda: True) is None
    assert np.all([x.future < 10 for x in replays(JOB, 10, "score").values()])

"""Claims about samples: either engine and any executor give the same arrays."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest

from sim.mapping import chunks, mapped
from sim.outcome import COLUMNS, TAIL_COLUMNS
from sim.samples import Job, joined, sample
from tests.sim.test_model import BUSY
from tests.sim.worlds import plan_for, world

SCENARIO = world(
    {**BUSY, "contract-yuan": {"kind": "lognormal", "median": 3_000_000, "sigma": 0.8}},
    bureaus=("north", "south"),
    lump_sum_yuan=60_000,
    per_diem_yuan=80,
)
JOB = Job(SCENARIO, plan_for(SCENARIO), seed=1, tails=3)


def _bytes(samples):
    names = ("values", "limits", "flow_fen", "spend_fen", "tails", "bound_day")
    return b"".join(getattr(samples, name).tobytes() for name in names)


def test_the_law_and_its_twin_give_the_same_bytes_tails_included():
    assert _bytes(sample(JOB, 3, 9)) == _bytes(sample(replace(JOB, engine="simpy"), 3, 9))


def test_processes_and_any_chunks_give_the_same_bytes():
    whole = sample(JOB, 0, 12)
    task = partial(sample, JOB)
    here = [part for _, part in mapped(task, chunks(0, 12, 5), executor=None)]
    assert _bytes(joined(here)) == _bytes(whole)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        spawned = [part for _, part in mapped(task, chunks(0, 12, 4), executor=processes)]
    assert _bytes(joined(spawned)) == _bytes(whole)


def test_the_arrays_hold_the_fields_of_the_outcomes():
    samples = sample(JOB, 4, 3)
    assert samples.values.shape == (3, 2, len(COLUMNS))
    assert samples.tails.shape == (3, 2, 3, len(TAIL_COLUMNS))
    assert np.array_equal(
        samples.of("openings"),
        samples.of("calls")
        + samples.of("lost_people")
        + samples.of("lost_money")
        + samples.of("waiting"),
    )
    spent = samples.spend_fen.sum(axis=(2, 3))
    assert np.array_equal(samples.of("released_fen"), spent + samples.of("balance_fen"))
    assert np.array_equal(samples.of("signed_fen"), samples.flow_fen[:, :, 0].sum(axis=2))


def test_tail_0_is_the_outcome_itself():
    samples = sample(JOB, 0, 20)
    for name in TAIL_COLUMNS:
        assert np.array_equal(samples.each(name)[:, 0], samples.of(name))
    assert np.array_equal(samples.each("calls")[:, 2], samples.of("calls"))
    assert not np.array_equal(samples.each("signed_fen")[:, 1], samples.of("signed_fen"))


@pytest.mark.parametrize(
    ("wrong", "words"), [({"tails": 0}, "1 to 1024"), ({"seed": -1}, "whole number")]
)
def test_a_job_out_of_range_is_refused_in_words(wrong, words):
    with pytest.raises(ValueError, match=words):
        replace(JOB, **wrong)


@pytest.mark.parametrize("engine", ["kernel", "simpy"])
def test_more_openings_than_may_be_raise_in_either_engine(engine):
    flood = world({"calls-per-month": 50_000}, days=365)
    with pytest.raises(OverflowError, match="lower the rate"):
        sample(Job(flood, plan_for(flood), seed=1, engine=engine), 0, 1)


def test_a_plan_of_another_scenario_is_refused():
    other = world(BUSY, bureaus=("north",))
    with pytest.raises(ValueError, match="the plan belongs to a scenario"):
        sample(Job(SCENARIO, plan_for(other), seed=1), 0, 1)

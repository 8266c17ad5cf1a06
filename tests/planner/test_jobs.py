"""Jobs: the same answers here and elsewhere, and models kept without harm."""

from __future__ import annotations

import time
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from dataclasses import replace
from multiprocessing import get_context
from pickle import dumps, loads

import pytest

from planner import jobs
from planner.capacity import Taken
from planner.draft import Draft
from planner.given import Given
from planner.jobs import GIVEN_UP, Job, do, do_all
from planner.part import part_of
from planner.rotation import within
from planner.solve import make_plan
from planner.starts import leave_choices
from scenarios.load import load_scenario
from tests.planner.instances import random_city


class _Elsewhere(ThreadPoolExecutor):
    """An executor that sends everything through pickle, as processes and clusters do."""

    def submit(self, fn, /, *args, **more):
        sent = loads(dumps((fn, args, more)))
        return super().submit(sent[0], *sent[1], **sent[2])


@pytest.fixture(scope="module")
def city():
    return random_city(4, n_bureaus=3, n_companies=36, start="2023-04-01", end="2023-06-30")


def _jobs(given, prices, *, effort_s=3.0):
    return [
        Job(within(given.choices, [bureau]), Taken(), prices, Draft(), effort_s, any_prices=True)
        for bureau in given.bureaus
    ]


def test_a_plan_is_the_same_bytes_wherever_its_jobs_are_done(city):
    here = make_plan(city, time_limit_s=4)
    with _Elsewhere(2) as executor:
        there = make_plan(city, time_limit_s=4, executor=executor)
    assert there == here
    assert there.visits


def test_a_kept_model_takes_new_prices_as_a_fresh_one_does(city):
    given = Given(city, leave_choices(city))
    prices = {("city", "", day): 15 for day in range(city.days.n_days)}
    kept = {}
    free = do_all(given, _jobs(given, {}), workers=2, parts=kept)
    assert sorted(kept) == [(bureau,) for bureau in given.bureaus]
    charged = do_all(given, _jobs(given, prices), workers=2, parts=kept)
    fresh = do_all(given, _jobs(given, prices), workers=2)
    assert [done.bound for done in charged] == [done.bound for done in fresh]
    assert all(a.bound > b.bound for a, b in zip(free, charged, strict=True))


def test_what_concerns_a_bureau_is_all_its_job_needs(city):
    given = Given(city, leave_choices(city))
    own = given.of(["b1"])
    assert own.bureaus == ("b1",)
    assert [c.company for c in own.callers] == [
        c.company for c in given.callers if c.bureau == "b1"
    ]
    assert len(dumps(own)) < len(dumps(given))


def test_a_model_kept_here_and_one_built_elsewhere_are_the_same(city):
    given = Given(city, leave_choices(city))
    for job in _jobs(given, {}):
        kept = {}
        do_all(given, [job], workers=1, parts=kept)
        own = loads(dumps(given.of(job.bureaus)))
        there = {}
        do_all(own, [job], workers=1, parts=there)
        assert str(there[job.bureaus].model.proto) == str(kept[job.bureaus].model.proto)


def test_a_job_for_any_prices_is_built_with_every_leader_wherever_it_is_done(city, monkeypatch):
    """The plan must not hang on where it was made: fewer leaders may end at another equal plan."""
    given, orders = Given(city, leave_choices(city)), []

    def part_of_watched(*args):
        orders.append(args[3])
        return part_of(*args)

    monkeypatch.setattr(jobs, "part_of", part_of_watched)
    job = _jobs(given, {})[0]
    do(given, job)
    do_all(given, [job], workers=1, parts={})
    do(given, replace(job, any_prices=False))
    assert orders[:2] == [None, None]
    assert orders[2] is not None


def test_a_plan_is_the_same_bytes_on_processes(city):
    here = make_plan(city, time_limit_s=4)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        there = make_plan(city, time_limit_s=4, executor=executor)
    assert there == here


@pytest.mark.long
def test_the_shipped_city_is_planned_to_the_same_bytes_on_processes():
    city = load_scenario("bole-2023")
    here = make_plan(city, time_limit_s=6)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        there = make_plan(city, time_limit_s=6, executor=executor)
    assert there == here


class _Breaking(Executor):
    """An executor that breaks after some jobs: those under way are lost, others are refused."""

    def __init__(self, lasts):
        self.lasts = lasts
        self.done = 0

    def submit(self, fn, /, *args, **more):
        if self.done > self.lasts:
            raise BrokenExecutor
        future = Future()
        if self.done < self.lasts:
            future.set_result(fn(*args, **more))
        else:
            future.set_exception(BrokenExecutor())
        self.done += 1
        return future


@pytest.mark.parametrize("lasts", [0, 1, 4])
def test_a_plan_is_the_same_bytes_where_the_executor_breaks_on_the_way(city, lasts):
    here = make_plan(city, time_limit_s=4)
    executor = _Breaking(lasts)
    assert make_plan(city, time_limit_s=4, executor=executor) == here
    assert executor.done == lasts + 1


def test_what_an_executor_did_before_it_broke_is_taken(city, monkeypatch):
    given = Given(city, leave_choices(city))
    some = _jobs(given, {})
    alone = do_all(given, some, workers=1)
    asked = []
    here = jobs._here

    def watched(given, rest, *more):
        asked.extend(rest)
        return here(given, rest, *more)

    monkeypatch.setattr(jobs, "_here", watched)
    assert do_all(given, some, workers=1, executor=_Breaking(1)) == alone
    assert asked == some[1:]


def test_a_stop_heard_as_an_executor_breaks_takes_what_is_done_and_does_no_more(city):
    given = Given(city, leave_choices(city))
    asked = iter((False,))
    done = do_all(
        given,
        _jobs(given, {}),
        workers=1,
        stop=lambda: next(asked, True),
        executor=_Breaking(1),
    )
    assert done[0].draft is not None
    assert done[1:] == (GIVEN_UP, GIVEN_UP)


class _Hanging(Executor):
    """An executor that does the first job, never ends the second, and never begins the others."""

    def __init__(self):
        self.futures = []

    def submit(self, fn, /, *args, **more):
        future = Future()
        if len(self.futures) < 2:
            future.set_running_or_notify_cancel()
        if not self.futures:
            future.set_result(fn(*args, **more))
        self.futures.append(future)
        return future


def test_asked_to_stop_it_takes_what_is_done_and_waits_for_nothing(city):
    given, executor = Given(city, leave_choices(city)), _Hanging()
    asked = iter((False, False))
    done = do_all(
        given, _jobs(given, {}), workers=1, stop=lambda: next(asked, True), executor=executor
    )
    assert done[0].draft is not None
    assert done[1:] == (GIVEN_UP, GIVEN_UP)
    assert [future.cancelled() for future in executor.futures] == [False, False, True]


def test_a_stop_ends_a_plan_whose_work_elsewhere_never_ends(city):
    """Else it would wait for ever."""
    end_s = time.perf_counter() + 1
    plan = make_plan(
        city, time_limit_s=600, executor=_Hanging(), stop=lambda: time.perf_counter() > end_s
    )
    assert len(plan.leaves) == 6


class _Lost(Executor):
    """An executor whose work is cancelled by somebody else, as where a cluster goes away."""

    def submit(self, fn, /, *args, **more):
        future = Future()
        future.cancel()
        return future


def test_work_that_was_lost_is_never_taken_for_work_without_result(city):
    given = Given(city, leave_choices(city))
    with pytest.raises(CancelledError):
        do_all(given, _jobs(given, {}), workers=1, executor=_Lost())


def test_asked_to_stop_before_it_begins_nothing_is_sent(city):
    given = Given(city, leave_choices(city))
    with _Elsewhere(1) as executor:
        done = do_all(given, _jobs(given, None), workers=1, stop=lambda: True, executor=executor)
    assert [(d.status, d.draft) for d in done] == [("unknown", None)] * 3

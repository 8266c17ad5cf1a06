"""Claims about the sweep: each level is the simulation with that budget, and nothing else is."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from scenarios.assessment import Efficacy, Item, RelativeToBest
from scenarios.score import minima_of, score_sheet
from sim.aim import measure_of, parse_aim
from sim.futures import Role
from sim.outcome import COLUMNS
from sim.results import Results
from sim.samples import sample
from sim.sweep import CONTEST_TAILS, SweepJob, joined, ranked_items, sweep, swept
from sim.tally import micro
from tests.sim.tight import TIGHT, job_of, tight
from tests.sim.worlds import plan_for, visit

N = 24
LEVELS = (
    tuple(range(16_000, 40_000, 3_000)),
    tuple(range(15_000, 60_000, 5_000)),
    (22_000,),
)
"""Unequal numbers of budgets; one of them is fixed."""

VISITS = (visit(TIGHT, 30, tier="deputy"), visit(TIGHT, 60))
JOB = SweepJob(job_of(TIGHT, seed=3, tails=6, visits=VISITS), LEVELS, scored=True)


@pytest.fixture(scope="module")
def table():
    return sweep(JOB, N)


def with_budgets(job, split):
    """Return a job in which every bureau has the budget of a split."""
    names = [bureau.id for bureau in job.scenario.organisation.bureaus]
    budgets = tuple(zip(names, split, strict=True))
    return replace(job, plan=replace(job.plan, budget_yuan=budgets))


def simulated(job, split, first=0, n=N):
    """Return the results of a simulation of its own with the budgets of a split."""
    own = with_budgets(job, split)
    return Results(own.scenario, own.plan, sample(own, first, n))


def fields(table):
    """Return every array of a table by name, and its numbers."""
    found = {"n": table.n, "tails": table.tails}
    for name in ("main", "contest", "unbound"):
        found |= {(name, i): own for i, own in enumerate(getattr(table, name))}
    for name, some in table.values.items():
        found |= {(name, i): own for i, own in enumerate(some)}
    return (
        found
        | {("hits", *key): own for key, own in table.hits.items()}
        | {("amounts", *key): own for key, own in table.amounts.items()}
    )


def assert_same(a, b):
    found, other = fields(a), fields(b)
    assert found.keys() == other.keys()
    for key, own in found.items():
        assert np.array_equal(own, other[key]), key


def assert_is(table, place, level, results, *, job=JOB):
    """Assert that a level of a bureau's table is what a simulation of its own found."""
    scenario, tails = job.job.scenario, job.job.tails
    bureau = results.bureaus[place]
    met = {x.target.id: results.met(x) for x in scenario.targets_of(bureau)}
    mains = [met[x.target.id] for x in scenario.targets_of(bureau) if x.target.main]
    main = np.logical_and.reduce(mains)
    counts = {name: hits.sum(axis=1) for name, hits in met.items()}
    assert np.array_equal(table.values["targets"][place][level], sum(counts.values()))
    assert np.array_equal(table.values["bureaus"][place][level], main.sum(axis=1))
    bits = np.unpackbits(table.main[place][level], axis=1)
    assert np.array_equal(bits[:, :tails], main)
    assert not bits[:, tails:].any()
    for name, own in counts.items():
        assert table.hits[bureau, name][level].tolist() == [own.sum(), (own**2).sum()]
    samples = results.samples
    spent_fen = samples.spend_fen.sum(axis=(2, 3))[:, place].sum()
    for name, fen in (
        ("signed_yuan", results.metric("signed_yuan")[:, :, place].sum()),
        ("funds_yuan", results.funds_fen()[:, :, place].sum()),
        ("spend_yuan", tails * spent_fen),
    ):
        assert table.amounts[bureau, name][level] == fen, name
    assert table.unbound[place][level] == (samples.of("dry_day")[:, place] < 0).sum()
    if job.scored:
        minima = minima_of(scenario)
        sheet = score_sheet(scenario.assessment, minima, results.actuals)
        ranked = [np.nan_to_num(sheet.points[x.id] * sheet.scale) for x in ranked_items(scenario)]
        own = np.nan_to_num(sheet.total) - sum(ranked)
        # Taken off the total, what is ranked leaves a hair behind: a millionth of a point a tail.
        apart = table.values["score"][place][level] - micro(own)[:, :, place].sum(axis=1)
        assert np.abs(apart).max() <= tails
        for at, item in enumerate(ranked_items(scenario)):
            did = results.actuals.measured(item.metric)[:, :CONTEST_TAILS, place]
            assert np.array_equal(table.contest[place][level][:, at], did)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_level_is_a_simulation_of_its_own_with_that_budget_in_the_plan(table, place):
    for level, yuan in enumerate(LEVELS[place]):
        split = [20_000, 20_000, 20_000]
        split[place] = yuan
        assert_is(table, place, level, simulated(JOB.job, split))


def test_money_makes_a_difference_in_these_futures(table):
    """Else the claims here would say little."""
    own = table.values["targets"][0]
    assert own[0].sum() < own[3].sum() < own[-1].sum()
    assert table.unbound[1][0] < N < N + table.unbound[1][-1]
    assert (np.diff(table.amounts["south", "spend_yuan"]) >= 0).all()


def test_a_level_from_which_money_changes_nothing_stands_for_those_above():
    ample = replace(JOB, levels_yuan=((30_000, 400_000, 500_000, 900_000), *LEVELS[1:]))
    found = sweep(ample, N)
    for level, yuan in enumerate(ample.levels_yuan[0]):
        assert_is(found, 0, level, simulated(JOB.job, (yuan, 20_000, 20_000)))


HALF_YEAR = tight(
    days=184, **{"trip-fare-yuan": 600, "hospitality-yuan": 100, "queue-patience-days": 60}
)


@pytest.mark.parametrize(
    ("scenario", "future", "yuan", "differs"),
    [(TIGHT, 38, (20_750, 21_000), "spend_yuan"), (HALF_YEAR, 76, (57_000, 57_500), "signed_yuan")],
)
def test_years_that_count_the_same_are_not_taken_for_the_same(scenario, future, yuan, differs):
    """Both budgets bind: a call made on another day costs another fare, or signs in other tails."""
    job = SweepJob(job_of(scenario, seed=3, tails=16), (yuan, (30_000,), (30_000,)))
    years = [simulated(job.job, (own, 30_000, 30_000), future, 1) for own in yuan]
    for name in COLUMNS:
        if name not in ("released_fen", "balance_fen"):
            assert years[0].samples.of(name)[0, 0] == years[1].samples.of(name)[0, 0], name
    found = swept(job, future, 1)
    low, high = found.amounts["north", differs]
    assert low != high
    for level, results in enumerate(years):
        assert_is(found, 0, level, results, job=job)


def test_another_seed_role_or_number_of_tails_is_another_simulation(table):
    changes = (
        {"seed": 4},
        {"role": Role.CONFIRM},
        {"tails": 9},
        {"own": False},
    )
    for change in changes:
        job = replace(JOB, job=replace(JOB.job, **change))
        found = sweep(job, N)
        assert not np.array_equal(
            found.values["targets"][0] / found.tails, table.values["targets"][0] / table.tails
        ), change
        assert_is(found, 0, 2, simulated(job.job, (22_000, 20_000, 20_000)), job=job)


def test_any_chunks_on_threads_processes_or_here_give_the_same_table(table, monkeypatch):
    assert_same(sweep(JOB, N), table)
    for size in (1, 5, 7, N):
        parts = [swept(JOB, at, min(size, N - at)) for at in range(0, N, size)]
        assert_same(joined(parts), table)
    monkeypatch.setattr("sim.sweep.CHUNK_BYTES", 3 * 9 * 6 * 9 * 8 * 5)
    with ThreadPoolExecutor(3) as threads:
        assert_same(sweep(JOB, N, executor=threads), table)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert_same(sweep(JOB, N, executor=processes), table)


def test_futures_follow_each_other(table):
    assert_same(joined([sweep(JOB, 10), sweep(JOB, N - 10, first=10)]), table)


def test_stopped_early_the_finished_part_is_kept_and_is_never_one_future_alone(monkeypatch):
    monkeypatch.setattr("sim.sweep.CHUNK_BYTES", 1)
    told: list[tuple[int, int]] = []
    found = sweep(JOB, N, stop=lambda: True, progress=lambda *done: told.append(done))
    assert found.n == 2
    assert told == [(2, N)]
    assert_same(found, sweep(JOB, 2))
    asked = iter([False, False, True])
    later = sweep(JOB, N, stop=lambda: next(asked))
    assert later.n == 6
    assert_same(later, sweep(JOB, 6))
    with ThreadPoolExecutor(2) as threads:
        assert sweep(JOB, N, executor=threads, stop=lambda: True).n == 2


def test_a_bureaus_rows_do_not_depend_on_the_others_budgets(table):
    fewer = sweep(replace(JOB, levels_yuan=((40_000,), LEVELS[1], (90_000, 95_000))), N)
    assert np.array_equal(fewer.main[1], table.main[1])
    assert np.array_equal(fewer.contest[1], table.contest[1])
    assert np.array_equal(fewer.unbound[1], table.unbound[1])
    for name, own in table.values.items():
        assert np.array_equal(fewer.values[name][1], own[1])


def test_without_scores_everything_else_is_the_same(table):
    plain = sweep(replace(JOB, scored=False), N)
    assert plain.contest == ()
    assert "score" not in plain.values
    whole = fields(table)
    assert all(np.array_equal(own, whole[key]) for key, own in fields(plain).items())


def test_whatever_ranks_bureaus_is_left_out_of_their_own_score_by_any_metric():
    items = (
        Item(
            id="presence",
            label=TIGHT.title,
            weight=20,
            metric="presence_days",
            rule=Efficacy(base_percent=60),
        ),
        Item(id="best", label=TIGHT.title, weight=10, metric="registered", rule=RelativeToBest()),
        *TIGHT.assessment.items,
    )
    ranking = TIGHT.model_copy(
        update={"assessment": TIGHT.assessment.model_copy(update={"items": items})}
    )
    assert [item.id for item in ranked_items(ranking)] == ["presence", "best", "funds"]
    job = SweepJob(
        replace(job_of(ranking, seed=3, tails=6), plan=plan_for(ranking)), LEVELS, scored=True
    )
    found = sweep(job, 6)
    results = simulated(job.job, (25_000, 25_000, 22_000), n=6)
    levels = (3, 2, 0)
    for place, level in enumerate(levels):
        assert_is(found, place, level, results, job=job)
    measure = measure_of(results, parse_aim("score", ranking))
    own = sum(found.values["score"][place][level] for place, level in enumerate(levels))
    assert np.array_equal(measure.values.sum(axis=1), own)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"job": replace(JOB.job, reps=2)}, "reps, engine: found 2, kernel"),
        ({"job": replace(JOB.job, engine="simpy")}, "found 1, simpy"),
        ({"levels_yuan": ((2, 1), (1,), (1,))}, "rising budgets"),
        ({"levels_yuan": ((1, 1), (1,), (1,))}, "rising budgets"),
        ({"levels_yuan": ((), (1,), (1,))}, "rising budgets"),
    ],
)
def test_a_sweep_out_of_range_is_refused_in_words(wrong, words):
    with pytest.raises(ValueError, match=words):
        replace(JOB, **wrong)


def test_no_futures_and_a_plan_of_another_scenario_are_refused():
    with pytest.raises(ValueError, match="n: found 0; allowed: at least 1"):
        sweep(JOB, 0)
    other = job_of(TIGHT.model_copy(update={"id": "other"})).plan
    with pytest.raises(ValueError, match="the plan belongs to a scenario"):
        sweep(replace(JOB, job=replace(JOB.job, plan=other)), 2)

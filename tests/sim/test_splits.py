"""Claims about splits: what moved is simulated anew, and the whole is the forecast of that plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.forecast import forecast
from sim.measures import measures
from sim.results import Results
from sim.samples import sample
from sim.splits import KEPT, Splits
from sim.summary import summary
from sim.tally import tally_of
from tests.sim.tight import TIGHT, job_of
from tests.sim.worlds import visit

N, TAILS, SEED = 20, 5, 3
VISITS = (visit(TIGHT, 30, tier="deputy"), visit(TIGHT, 60))
JOB = job_of(TIGHT, seed=SEED, tails=TAILS, visits=VISITS)
OTHER = (26_000, 31_000, 22_000)


@pytest.fixture(scope="module")
def splits():
    return Splits(JOB.scenario, JOB.plan, seed=SEED, n=N, tails=TAILS)


def with_split(plan, bureaus, split):
    return replace(plan, budget_yuan=tuple(sorted(zip(bureaus, split, strict=True))))


def test_a_split_comes_to_what_a_forecast_of_the_plan_with_that_split_says(splits):
    plan = with_split(JOB.plan, splits.bureaus, OTHER)
    whole = forecast(JOB.scenario, plan, n=N, seed=SEED, tails=TAILS, keep_outcomes=False)
    found = summary(JOB.scenario, tally_of(splits.results(OTHER)))
    expected = whole.to_json()
    assert {key: found[key] for key in ("bureaus", "joint", "score")} == {
        key: expected[key] for key in ("bureaus", "joint", "score")
    }


def test_splits_differ_where_money_binds(splits):
    rows = [splits.measures(split) for split in (splits.present, OTHER)]
    spent = [own["spend_yuan",].values.sum() for own in rows]
    assert spent[0] != spent[1]


def test_only_bureaus_whose_money_moved_are_simulated_again(monkeypatch):
    own = Splits(JOB.scenario, JOB.plan, seed=SEED, n=N, tails=TAILS)
    own.results(own.present)
    simulated = []
    from sim import splits as module

    real = module.sample_bureau

    def counted(job, case, *rest):
        simulated.append(case.bureau)
        return real(job, case, *rest)

    monkeypatch.setattr(module, "sample_bureau", counted)
    first, second, *rest = own.present
    own.results((first + 1_000, second, *rest))
    assert simulated == [own.bureaus[0]]
    own.results(own.present)
    assert simulated == [own.bureaus[0]]


def test_no_more_budgets_are_kept_than_there_is_room_for():
    own = Splits(JOB.scenario, JOB.plan, seed=SEED, n=2, tails=1)
    first, *rest = own.present
    for step in range(KEPT + 10):
        own.results((first + step, *rest))
    assert len(own._kept) == KEPT


def test_the_samples_are_those_of_all_bureaus_at_once(splits):
    job = replace(splits.job, plan=with_split(JOB.plan, splits.bureaus, OTHER))
    together = Results(job.scenario, job.plan, sample(job, 0, N))
    assert splits.results(OTHER).samples.equals(together.samples)
    found, expected = splits.measures(OTHER), dict(measures(together))
    assert all((found[key].values == own.values).all() for key, own in expected.items())


def test_a_single_future_is_refused():
    with pytest.raises(ValueError, match="at least 2"):
        Splits(JOB.scenario, JOB.plan, seed=SEED, n=1, tails=TAILS)

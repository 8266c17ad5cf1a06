"""A cohort's likelihood is that of its own law: told by ranks of the truth in the posterior."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import chisquare

from scenarios.assumptions import Beta, Fixed, LogNormal
from sim.amounts import UNKNOWN_SHARE, amounts
from sim.assumptions import quantiles
from sim.callrate import negative_binomial
from sim.cohort import CLOSINGS, UNRECORDED, Closing, Cohort
from sim.joint import Sheet, worlds
from sim.posterior import (
    SCORES,
    WEIGHTS,
    Kinship,
    beta_of,
    kinship,
    lognormal_of,
    moments,
    posterior,
    product_of,
    values_of,
)

PRIOR = Beta(a=4, b=12)
BINS = 10
DELAY_DAYS, DELAY_SIGMA = 45.0, 0.7


def drawn(rng: np.random.Generator, chance: float, law: Closing, n: int) -> Cohort:
    """Draw leads of all ages: each goes on after a delay, or is closed, or neither."""
    age = rng.uniform(1, 150, n)
    goes = rng.random(n) < chance
    when = DELAY_DAYS * np.exp(DELAY_SIGMA * rng.normal(size=n))
    closed = law.median_days * np.exp(law.sigma * rng.normal(size=n))
    lost = ~goes & (rng.random(n) < law.share) & (closed <= age)
    others = ~(goes & (when <= age))
    by_now = ndtr(np.log(age / DELAY_DAYS) / DELAY_SIGMA)
    return Cohort(
        int((~others).sum()),
        np.ones(int(others.sum())),
        by_now[others],
        np.where(lost, closed, age)[others],
        lost[others],
    )


def closed_only(cohort: Cohort) -> Cohort:
    """Leave open leads out."""
    lost = cohort.lost
    parts = (x[lost] for x in (cohort.ever, cohort.by_now, cohort.age_days, lost))
    return Cohort(cohort.happened, *parts)


def rank(cohort: Cohort, truth: float) -> float:
    """Return the posterior probability of a lower chance than the true one."""
    values = values_of(PRIOR)
    sheet = Sheet.of(values[:, np.newaxis], np.zeros((len(values), 1)), kinship(False))
    own = sheet.likelihood(cohort.log_likelihood(sheet.chances, CLOSINGS)[:, np.newaxis])
    what = worlds([sheet.evidence(own)], np.ones(1), [np.ones(1)], [0])
    weights = sheet.weights(what.others[0], own)[:, 0]
    return float(np.interp(truth, values, np.cumsum(weights) - weights / 2))


def ranks(n: int, *, complete: bool, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        truth = float(quantiles(PRIOR, rng.random(1))[0])
        cohort = drawn(rng, truth, CLOSINGS[rng.integers(len(CLOSINGS))], 40)
        found.append(rank(closed_only(cohort) if complete else cohort, truth))
    return np.array(found)


def p_value(found: np.ndarray) -> float:
    """Return the chi-square test's p-value for uniform ranks."""
    return float(chisquare(np.histogram(found, BINS, (0, 1))[0]).pvalue)


def test_truths_lie_evenly_in_the_posterior_though_leads_are_open() -> None:
    assert p_value(ranks(200, complete=False)) > 0.001


def test_leaving_open_leads_out_is_found_out() -> None:
    found = ranks(200, complete=True)
    assert p_value(found) < 1e-6
    assert found.mean() < 0.4, "who has visited is told at once: the share looks too high"


@pytest.mark.long
def test_truths_lie_evenly_in_many_posteriors() -> None:
    assert p_value(ranks(3000, complete=False, seed=1)) > 0.001


def test_counts_of_calls_are_ranked_evenly() -> None:
    rng, prior, exposure, scatter = np.random.default_rng(2), LogNormal(median=15, sigma=0.6), 4, 3
    values, found = values_of(prior), []
    for _ in range(1000):
        truth = float(quantiles(prior, rng.random(1))[0])
        mean = truth * exposure
        calls = int(rng.poisson(rng.gamma(mean / (scatter - 1), scatter - 1)))
        log = negative_binomial(calls, values * exposure, np.full(len(values), float(scatter)))
        weights = posterior(log[np.newaxis, :, np.newaxis], kinship(False)).first[0]
        found.append(np.interp(truth, values, np.cumsum(weights) - weights / 2))
    assert p_value(np.array(found)) > 0.001


@pytest.mark.parametrize("n", [1, 7])
def test_the_next_contract_is_ranked_evenly(n: int) -> None:
    rng, prior = np.random.default_rng(3), LogNormal(median=6e7, sigma=1.1)
    found = []
    for _ in range(1000):
        middle = np.log(prior.median) + prior.sigma * UNKNOWN_SHARE**0.5 * rng.normal()
        spread = prior.sigma * (1 - UNKNOWN_SHARE) ** 0.5
        logs = middle + spread * rng.normal(size=n + 1)
        learned = amounts(prior, np.exp(logs[1:])).distribution
        assert isinstance(learned, LogNormal)
        found.append(float(ndtr((logs[0] - np.log(learned.median)) / learned.sigma)))
    assert p_value(np.array(found)) > 0.001


def test_a_giant_speaks_for_the_heavy_tail_and_ordinary_contracts_against_it() -> None:
    prior = LogNormal(median=6e7, sigma=0.6)
    ordinary = prior.median * np.exp(0.55 * np.linspace(-1.5, 1.5, 30))
    assert amounts(prior, ordinary).log_odds_heavy < 0
    giant = np.append(ordinary, prior.median * 60)
    assert amounts(prior, giant).log_odds_heavy > 1


def test_the_heavy_tail_is_heavier_and_otherwise_the_same() -> None:
    prior, yuan, at = LogNormal(median=6e7, sigma=1.1), np.array([5e7, 7e7]), [0.5, 0.999]
    light = quantiles(amounts(prior, yuan).distribution, np.array(at))
    heavy = quantiles(amounts(prior, yuan, "heavy").distribution, np.array(at))
    assert heavy[0] == pytest.approx(light[0], rel=0.05)
    assert heavy[1] > 1.5 * light[1]


def test_a_beta_prior_learns_as_the_conjugate_law_says() -> None:
    values = values_of(PRIOR)
    log = 7 * np.log(values) + 13 * np.log1p(-values)
    weights = posterior(log[np.newaxis, :, np.newaxis], kinship(False)).first[0]
    mean, variance = moments(values, weights)
    a, b = 4 + 7, 12 + 13
    assert mean == pytest.approx(a / (a + b), rel=1e-4)
    assert variance == pytest.approx(a * b / ((a + b) ** 2 * (a + b + 1)), rel=1e-3)
    assert beta_of(mean, variance).a == pytest.approx(a, rel=2e-3)


def test_pooling_keeps_each_bureaus_prior() -> None:
    log = np.zeros((3, len(WEIGHTS), 1))
    for what in (kinship(False), kinship(False, 0.5), kinship(True)):
        assert posterior(log, what).first == pytest.approx(np.tile(WEIGHTS, (3, 1)), abs=2e-4)


def test_a_bureau_without_records_learns_from_others_as_far_as_they_are_pooled() -> None:
    values = values_of(PRIOR)
    log = np.zeros((2, len(values), 1))
    log[0, :, 0] = 30 * np.log(values) + 30 * np.log1p(-values)

    def mean(kin: Kinship) -> float:
        return float(posterior(log, kin).first[1] @ values)

    apart, some, much, same = (
        mean(x) for x in (kinship(False), kinship(False, 0.3), kinship(False, 0.8), kinship(True))
    )
    assert apart == pytest.approx(0.25, rel=1e-3)
    assert apart < some < much < same


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_in_common_lies_below_one(share: float) -> None:
    with pytest.raises(ValueError, match="allowed: 0 or more, below 1"):
        kinship(False, share)


def test_nobody_knows_more_of_a_young_lead_than_the_prior() -> None:
    values = values_of(PRIOR)
    young = Cohort(0, np.ones(5), np.zeros(5), np.full(5, 0.5), np.zeros(5, bool))
    log = young.log_likelihood(values, (Closing(0.5, 60.0),))
    assert np.ptp(log) < 1e-3


def test_a_product_has_the_mean_of_its_factors() -> None:
    a, b = Beta(a=4, b=46), LogNormal(median=1.2, sigma=0.3)
    mean, _ = moments(product_of(a, b), WEIGHTS)
    assert mean == pytest.approx(0.08 * 1.2 * np.exp(0.045), rel=2e-3)
    inner = np.abs(SCORES) < 3
    doubled = product_of(a, Fixed(value=2))[inner]
    assert doubled == pytest.approx(2 * values_of(a)[inner], rel=5e-3)


def test_a_lognormal_is_found_again() -> None:
    prior = LogNormal(median=15, sigma=0.6)
    found = lognormal_of(values_of(prior), WEIGHTS)
    assert (found.median, found.sigma) == pytest.approx((15, 0.6), rel=1e-3)


def test_without_a_closing_law_nothing_is_recorded_lost() -> None:
    assert UNRECORDED.recorded(np.array([1.0, 1e6])).tolist() == [0, 0]

"""Delays learn their medians from what took long, and from what still waits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from scenarios.assumptions import Beta, LogNormal
from sim.calibrate import calibrated
from sim.delays import Delay, settled
from sim.joint import Sheet, worlds
from sim.landing import both_chances
from sim.posterior import kinship, moments, posterior, values_of
from sim.samples import prepared
from sim.side import carried_over
from sim.waiting import visiting
from tests.sim.test_calibrate import LAW, year
from tests.sim.told import told
from tests.sim.worlds import Distribution

BUSY: dict[str, Distribution] = {
    "calls_per_month": {"kind": "lognormal", "median": 120, "sigma": 0.1},
    "call_to_visit": {"kind": "beta", "a": 20, "b": 20},
    "visit_to_contract": {"kind": "beta", "a": 20, "b": 10},
}
NAMES = (
    "visit-delay-days",
    "contract-delay-days",
    "registration-delay-days",
    "start-delay-days",
)


def busy(**other: Distribution):
    """Return a scenario with records enough to tell delays by, and a plan."""
    return year(("north",), 9, **{**BUSY, **other})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("times", [0.5, 2.0])
def test_a_delay_shorter_or_longer_than_assumed_is_found_out(name: str, times: float) -> None:
    scenario, plan = busy()
    prior = scenario.assumptions[name].of("north")
    assert isinstance(prior, LogNormal)
    other: dict[str, Distribution] = {
        name.replace("-", "_"): {**prior.model_dump(), "median": times * prior.median}
    }
    true, own_plan = busy(**other)
    what = told(true, own_plan, 1, 300, LAW)
    found = calibrated(what.leads, what.calls, scenario, carried_over(plan, scenario), what.as_of)
    learned = found.scenario.assumptions[name].of("north")
    assert isinstance(learned, LogNormal)
    moved = np.log(learned.median / prior.median) / np.log(times)
    assert 0.4 < moved < 1.3


def test_a_delay_is_as_assumed_where_its_median_is() -> None:
    shifts = np.linspace(-4.8, 4.8, 9)
    prior = LogNormal(median=40, sigma=0.7)
    delay = Delay(prior, np.array([40]), shifts)
    known = delay.weights @ delay.lasts(2000)
    assert known.sum() == pytest.approx(1, abs=1e-5)
    assert np.interp(0.5, known.cumsum(), np.arange(2000)) == pytest.approx(40, abs=1)
    again = delay.learned(delay.weights / delay.weights.sum())
    assert again.median == pytest.approx(40, rel=1e-6)
    assert again.sigma == pytest.approx(0.7, rel=1e-4)


@pytest.mark.parametrize(("middle", "spread"), [(0.4, 0.9), (2.13, 0.03), (-3.3, 0.2), (6.0, 0.1)])
def test_shifts_are_placed_where_the_records_leave_doubt(middle: float, spread: float) -> None:
    """Normal records of a normal score: the answer is known."""
    prior = LogNormal(median=40, sigma=0.7)
    delay = Delay(prior, np.array([40]), np.linspace(-4.8, 4.8, 9))

    def weigh(some: Sequence[Delay]) -> tuple[None, list[np.ndarray]]:
        [one] = some
        log = np.log(one.weights) - 0.5 * ((one.shifts - middle) / spread) ** 2
        weights = np.exp(log - log.max())
        return None, [weights / weights.sum()]

    [(placed, weights)], _ = settled([delay], weigh)
    precision = 1 + 1 / spread**2
    mean, variance = moments(placed.shifts, weights)
    assert mean == pytest.approx(middle / spread**2 / precision, abs=1e-3)
    assert variance == pytest.approx(1 / precision, rel=1e-2)


def test_a_group_visit_tells_that_the_company_was_ready_for_this_group_and_no_earlier_one() -> None:
    scenario, plan = year()
    [case], _ = prepared(scenario, plan)
    first, second = (window for window in case.windows if window.seats > 0)
    called, back = 10, 12
    came = {
        "called": np.array([called]),
        "reported": np.array([back]),
        "visited": np.array([second.end]),
        "mode": np.array(["group"], object),
    }
    names = ("called", "reported", "lost")
    nobody = {name: np.zeros(0, np.int64) for name in names}
    stage = visiting(came, nobody, case, scenario.assumptions, 300)
    ready = called + stage.when[0].nonzero()[0]
    assert (ready.min(), ready.max()) == (first.start + 1, second.start)


@pytest.mark.parametrize("pooling", [0.0, 0.5])
def test_landing_with_delays_known_is_the_posterior_of_both_chances(pooling: float) -> None:
    rng, first, second = np.random.default_rng(0), kinship(False, pooling), kinship(True)
    n = len(first.given[0])
    log = [(rng.normal(size=n), rng.normal(size=(n, n))) for _ in range(2)]
    whole = posterior(np.stack([a[:, np.newaxis] + b for a, b in log]), first, second)
    likelihoods = [(np.exp(a)[np.newaxis], np.exp(b)[np.newaxis]) for a, b in log]
    sure = (np.ones(1), np.ones(1))
    found, *_ = both_chances(likelihoods, first, second, [sure], [0, 0])
    assert found.weights == pytest.approx(whole.weights, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("pooling", [0.0, 0.5])
def test_a_sheet_sums_over_chances_what_the_posterior_sums_over_nodes(shared, pooling) -> None:
    rng, first, second = np.random.default_rng(2), kinship(False, pooling), kinship(shared)
    values, years = values_of(Beta(a=3, b=7)), values_of(LogNormal(median=1, sigma=0.25))
    chance, log = np.outer(values, years), []
    beside = 0.1 * rng.normal(size=(2, *chance.shape))
    sheets = [Sheet.of(chance, own, first, second) for own in beside]
    each = []
    for sheet, (went, stayed) in zip(sheets, [(3, 9), (5, 4)], strict=True):
        p = sheet.chances
        each.append(sheet.likelihood((went * np.log(p) + stayed * np.log1p(-p))[None, None]))
        p = np.minimum(chance, p[-1])
        log.append(went * np.log(p) + stayed * np.log1p(-p))
    common = np.outer(first.common, second.common).ravel()
    evidence = [sheet.evidence(own) for sheet, own in zip(sheets, each, strict=True)]
    what = worlds(evidence, common, [np.ones(1)], [0, 0])
    whole = posterior(beside + np.stack(log), first, second)
    for b, sheet in enumerate(sheets):
        weights = sheet.weights(what.others[b], each[b])
        for axis in (0, 1):
            assert weights.sum(axis=axis) == pytest.approx(
                whole.weights[b].sum(axis=axis), rel=0.01, abs=1e-5
            )


def test_worlds_weigh_laws_and_shifts_as_bayes_does() -> None:
    rng = np.random.default_rng(1)
    own = [rng.random((3, 2, 4)), rng.random((3, 2, 4))]
    common, shifts = np.array([0.2, 0.3, 0.5]), np.array([0.1, 0.2, 0.3, 0.4])
    together = worlds(own, common, [shifts], [0, 0])
    joint = common[:, np.newaxis, np.newaxis] * shifts * own[0] * own[1]
    assert together.laws == pytest.approx(joint.sum(axis=(0, 2)) / joint.sum())
    assert together.shifts[0] == pytest.approx(joint.sum(axis=(0, 1)) / joint.sum())
    rest = common[:, np.newaxis, np.newaxis] * shifts * own[1]
    assert together.others[0] == pytest.approx(rest / rest.max())
    apart = worlds(own, common, [shifts, shifts], [0, 1])
    each = [np.einsum("cls,s->cl", x, shifts) for x in own]
    both = common[:, np.newaxis] * each[0] * each[1]
    assert apart.laws == pytest.approx(both.sum(axis=0) / both.sum())

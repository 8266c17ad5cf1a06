"""The default assumptions, simulated, against the field's evidence (a regression, not a proof).

The ranges are those of published funnels and bulletins (start share 0.25 to 0.45 of the contracts
of the same year, funds 0.15 to 0.25 of the amounts signed) and of a separate throw-away
simulation of the same priors for one bureau without contention.
"""

from __future__ import annotations

import numpy as np
import pytest

from planner.plan import Leave, Plan, Visit
from scenarios.load import load_scenario
from sim.forecast import forecast

N = 150


def _plausible_plan(scenario):
    """Two staggered leaves a person and period near its end, with a group in each."""
    leaves, visits = [], []
    for bureau in scenario.organisation.bureaus:
        for period in scenario.periods:
            for i, person in enumerate(bureau.persons):
                start = period.stop - 40 + 14 * i
                leaves.append(
                    Leave(person.id, bureau.id, period.label, start, start + 11, start + 10)
                )
                tier = "principal" if i == 0 else "deputy"
                visits.append(
                    Visit(
                        f"{person.id}-{period.label}",
                        bureau.id,
                        start + 3,
                        start + 5,
                        person.id,
                        "leader",
                        tier,
                        start + 3,
                        "chain",
                        "unit",
                        6,
                        (),
                    )
                )
    return Plan(
        scenario.content_hash,
        tuple(sorted(leaves)),
        tuple(sorted(visits)),
        (),
        (),
        tuple(scenario.budget.lump_sum_yuan.items()),
    )


@pytest.fixture(scope="module")
def base():
    scenario = load_scenario("bole-2023")
    return forecast(scenario, _plausible_plan(scenario), n=N, seed=1)


@pytest.fixture(scope="module")
def high():
    scenario = load_scenario("bole-2023-high")
    return forecast(scenario, _plausible_plan(scenario), n=N, seed=1)


def _mean(result, column):
    return result.kept.samples.of(column).mean(axis=0)


def test_start_share_lies_within_the_evidence(base):
    share = _mean(base, "started") / _mean(base, "signed")
    assert np.all((share > 0.25) & (share < 0.45)), share


def test_funds_in_place_are_a_plausible_share_of_the_amount_signed(base):
    """Gross funds, as the evidence counts them (the strict basis counts two thirds of that)."""
    signed = base.kept.samples.of("signed_fen").sum()
    funds = base.kept.samples.of("funds_gross_fen").sum()
    assert 0.15 < funds / signed < 0.25


def test_the_funnel_of_an_average_region_matches_the_sanity_run(base):
    """Calls about 213, visits 17 and contracts 4.3 a year where nothing is contended."""
    column = [b.id for b in base.scenario.organisation.bureaus].index("wuhan")
    visits = sum(
        _mean(base, name)[column]
        for name in ("visits_principal", "visits_deputy", "visits_group", "visits_unit")
    )
    assert 140 < _mean(base, "openings")[column] < 240
    assert 10 < visits < 20
    assert 2.5 < _mean(base, "signed")[column] < 5.5


def test_the_optimistic_case_lifts_the_signed_target_by_more_than_half(base, high):
    def odds(result):
        return [
            result.to_json()["bureaus"][b.id]["targets"]["signed"]["p"]
            for b in result.scenario.organisation.bureaus
        ]

    for low, lifted in zip(odds(base), odds(high), strict=True):
        assert lifted > 1.5 * low
        assert lifted - low > 0.25


def test_new_projects_alone_rarely_reach_all_three_main_targets(base):
    for bureau in base.to_json()["bureaus"].values():
        assert bureau["all_main"]["p"] < 0.08

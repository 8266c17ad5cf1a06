"""Claims about aims: of a table what they are of simulated outcomes, and never a product."""

from __future__ import annotations

from itertools import product
from typing import get_args

import numpy as np
import pytest

from scenarios.assessment import Bonus, Item, RankFirstElseShare, Reading, RelativeToBest
from scenarios.faults import ScenarioError
from scenarios.model import Scenario
from sim.aim import (
    MARGINS,
    Aim,
    measure_at,
    measure_of,
    n_scored,
    parse_aim,
    per_future,
    values_of,
)
from sim.enumeration import splits_of
from sim.paired import paired_sums
from sim.sweep import CONTEST_TAILS, SweepJob, sweep
from sim.tally import MICRO
from tests.sim.test_sweep import simulated
from tests.sim.tight import TIGHT, grid_of, job_of, tight

NAMES = ("targets", "bureaus", "all", "at-least-1", "at-least-2", "at-least-3", "score")
RANKED = ("ranked-score", *(f"ranked-score:{reading}" for reading in get_args(Reading)))


def assessed(scenario, *items):
    """Return a scenario with other items."""
    sheet = scenario.assessment.model_copy(update={"items": items})
    return scenario.model_copy(update={"assessment": sheet})


def uneven():
    """Return TIGHT with targets and items that are not the same for all.

    One bureau owes no funds at all and one a minimum of nothing; a bonus stands beside; and funds
    are ranked twice, once among two bureaus alone whoever meets the minimum.
    """
    signed, registered, funds = TIGHT.targets
    nothing = {"minimum_by_bureau": {"south": 0}, "not_for": ("west",)}
    more = funds.model_copy(update={"id": "more", "minimum": 5_000_000, "main": True})
    targets = (signed, registered, funds.model_copy(update=nothing), more)
    ranked = RankFirstElseShare(target="more", first_requires_completion=False)
    return assessed(
        TIGHT.model_copy(update={"targets": targets}),
        *TIGHT.assessment.items,
        item("bonus", 0, "signed_yuan", Bonus(points_each=0.000_001, cap=3)),
        item("more", 20, "funds_yuan", ranked, applies_to=("south", "west")),
    )


def item(name, weight, metric, rule, applies_to=()):
    return Item(
        id=name, label=TIGHT.title, weight=weight, metric=metric, rule=rule, applies_to=applies_to
    )


UNEVEN = uneven()
CITIES = {"even": TIGHT, "uneven": UNEVEN}
SPLITS = ((0, 0, 0), (1, 3, 2), (4, 0, 1), (2, 2, 2))
LEVELS = ((16_000, 20_000, 25_000, 31_000, 45_000),) * 3


@pytest.fixture(scope="module", params=sorted(CITIES))
def city(request):
    """A city, its job and the sweep of some budgets."""
    scenario = CITIES[request.param]
    job = job_of(scenario, seed=5, tails=CONTEST_TAILS)
    return scenario, job, sweep(SweepJob(job, LEVELS, scored=True), 30)


@pytest.mark.parametrize("name", NAMES + RANKED)
def test_an_aim_of_a_split_is_that_of_a_plan_with_those_budgets(city, name):
    scenario, job, table = city
    aim = parse_aim(name, scenario)
    values = values_of(scenario, table, aim, np.array(SPLITS, np.int16))
    for at, levels in enumerate(SPLITS):
        found = measure_at(scenario, table, aim, levels)
        split = [own[level] for own, level in zip(LEVELS, levels, strict=True)]
        results = simulated(job, split, n=30)
        whole = measure_of(results, aim)
        assert found.kind == whole.kind == aim.kind
        close = 4 * (1 + len(results.bureaus)) / MICRO if aim.name == "ranked-score" else 1e-12
        assert per_future(found) == pytest.approx(per_future(whole), abs=close)
        assert values[at] == pytest.approx(per_future(whole).mean(), abs=close)
        if aim.kind == "probability":
            assert np.array_equal(found.values, whole.values)
        elif aim.additive:
            assert np.array_equal(found.values[:, 0], whole.values.sum(axis=1))
            assert found.unit == whole.unit * table.tails


@pytest.mark.parametrize("name", ["targets", "bureaus", "at-least-2", "score", "ranked-score"])
def test_every_split_of_a_grid_has_the_mean_of_its_futures(name):
    job = job_of(UNEVEN, seed=6, tails=7)
    grid = grid_of(job, 3_000)
    table = sweep(SweepJob(job, grid.levels, scored=True), 9)
    aim, splits = parse_aim(name, UNEVEN), splits_of(grid)
    means = [
        per_future(measure_at(UNEVEN, table, aim, tuple(row))).mean() for row in splits.tolist()
    ]
    assert len(splits) > 50
    assert values_of(UNEVEN, table, aim, splits) == pytest.approx(means, abs=3e-6)


def test_ranked_points_depend_on_the_others_and_the_own_score_does_not(city):
    scenario, _, table = city
    for name, same in (("score", True), ("ranked-score:share-of-total", False)):
        aim = parse_aim(name, scenario)
        low, high, both, neither = (
            per_future(measure_at(scenario, table, aim, levels))
            for levels in ((0, 4, 0), (4, 0, 0), (4, 4, 0), (0, 0, 0))
        )
        assert np.allclose(low + high, both + neither, atol=1e-6) is same


def test_readings_are_told_apart(city):
    scenario, _, table = city
    found = {
        reading: per_future(
            measure_at(scenario, table, parse_aim(f"ranked-score:{reading}", scenario), (1, 3, 2))
        ).mean()
        for reading in get_args(Reading)
    }
    # Where all owe the same, the best in completion has the largest amount.
    level = 1 if scenario is TIGHT else 0
    assert len({round(value, 6) for value in found.values()}) == len(found) - level
    usual = measure_at(scenario, table, parse_aim("ranked-score", scenario), (1, 3, 2))
    assert per_future(usual).mean() == found["share-of-total"]


def test_two_splits_can_be_paired(city):
    """Whole numbers, the same unit and shape: what intervals of a difference are made of."""
    scenario, _, table = city
    for name in (*NAMES, "ranked-score"):
        aim = parse_aim(name, scenario)
        a, b = (measure_at(scenario, table, aim, levels) for levels in SPLITS[:2])
        sums = paired_sums(a, b)
        apart = (per_future(b) - per_future(a)).mean()
        assert sums.first / (sums.n * sums.tails * sums.unit) == pytest.approx(apart)


SHARED_FATE = {"year-climate": {"kind": "lognormal", "median": 0.5, "sigma": 1.5}}


def in_one_fate(scenario: Scenario) -> Scenario:
    """Return a scenario in which all bureaus draw every assumption together."""
    items = tuple(x.model_copy(update={"scope": "shared"}) for x in scenario.assumptions.items)
    assumptions = scenario.assumptions.model_copy(update={"items": items})
    return scenario.model_copy(update={"assumptions": assumptions})


@pytest.mark.parametrize("shared", [True, False])
def test_what_bureaus_do_together_is_no_product_of_their_odds(shared):
    """The year they share makes them miss together; with years of their own it is the product."""
    alone = tight(bureaus=("north", "south"), **SHARED_FATE)
    scenario = in_one_fate(alone) if shared else alone
    job = job_of(scenario, seed=7, tails=16)
    table = sweep(SweepJob(job, ((30_000, 40_000),) * 2), 1_500)
    splits = np.array(list(product(range(2), repeat=2)), np.int16)
    both, one = (
        values_of(scenario, table, parse_aim(name, scenario), splits)
        for name in ("all", "at-least-1")
    )
    odds = [own.mean(axis=1) / 16 for own in table.values["bureaus"]]
    a, b = (own[splits[:, place]] for place, own in enumerate(odds))
    assert (a > 0.1).all()
    assert (a < 0.9).all()
    # Inclusion and exclusion hold whatever is shared.
    assert both + one == pytest.approx(a + b)
    if shared:
        assert (both > a * b + 0.05).all()
    else:
        assert both == pytest.approx(a * b, abs=0.02)


@pytest.mark.parametrize(
    ("text", "aim", "kind", "additive", "scored"),
    [
        ("targets", Aim("targets"), "count", True, False),
        ("bureaus", Aim("bureaus"), "count", True, False),
        ("all", Aim("at-least", k=3), "probability", False, False),
        ("at-least-2", Aim("at-least", k=2), "probability", False, False),
        ("score", Aim("score"), "score", True, True),
        ("ranked-score", Aim("ranked-score"), "score", False, True),
        (
            "ranked-score:pro-rata",
            Aim("ranked-score", reading="pro-rata"),
            "score",
            False,
            True,
        ),
    ],
)
def test_each_aim_is_read_by_its_name(text, aim, kind, additive, scored):
    found = parse_aim(text, TIGHT)
    assert found == aim
    assert (found.kind, found.additive, found.scored) == (kind, additive, scored)
    assert found.margin == MARGINS[kind]


def refused(text, scenario=TIGHT):
    with pytest.raises(ScenarioError) as caught:
        parse_aim(text, scenario)
    (fault,) = caught.value.faults
    assert fault.text("zh") != fault.text("en")
    return str(fault)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("target", "targets"),
        ("burueas", "bureaus"),
        ("at-least-4", "at-least-3"),
        ("at-least-0", "at-least-3"),
        ("scores", "score"),
        ("ranked", "ranked-score"),
    ],
)
def test_an_unknown_aim_is_refused_with_what_was_meant(text, meant):
    told = refused(text)
    assert told.startswith(f"--aim: found {text}; allowed: one of the aims targets, bureaus, all,")
    assert "at-least-1, at-least-2, at-least-3" in told
    assert told.endswith(f"did you mean '{meant}'?")


def test_a_number_of_bureaus_of_many_digits_is_refused_in_words():
    assert "--aim: found at-least-9" in refused("at-least-" + 5_000 * "9")


def test_an_unknown_reading_is_refused_with_what_was_meant():
    told = refused("ranked-score:share-of-bets")
    assert told.startswith("--aim ranked-score: found share-of-bets; allowed: one of the readings")
    assert told.endswith("did you mean 'share-of-best'?")


@pytest.mark.parametrize("text", ["ranked-score", "ranked-score:pro-rata"])
def test_where_nothing_ranks_bureaus_as_readings_say_there_is_no_ranked_score(text):
    signed, funds = TIGHT.assessment.items
    told = refused(text, assessed(TIGHT, signed))
    assert told.startswith("--aim ranked-score: found items that rank bureaus: 0; allowed:")
    assert told.endswith("take --aim score")
    best = item("best", 10, "registered", RelativeToBest())
    assert "items that rank bureaus: best, funds;" in refused(text, assessed(TIGHT, best, funds))


def test_the_mean_score_is_over_bureaus_that_have_one():
    signed, funds = TIGHT.assessment.items
    some = [x.model_copy(update={"applies_to": ("north", "south")}) for x in (signed, funds)]
    bonus = item("bonus", 0, "registered", Bonus(points_each=1, cap=3))
    city = assessed(TIGHT, *some, bonus)
    assert n_scored(TIGHT) == 3
    # A bonus alone is no score: the sheet has no total for west.
    assert n_scored(city) == 2
    assert n_scored(assessed(TIGHT)) == 0

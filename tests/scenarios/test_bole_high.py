"""The optimistic case of Bole: four assumptions set higher, and nothing else."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import pytest

from scenarios.assumptions import Beta, LogNormal
from scenarios.load import load_scenario

if TYPE_CHECKING:
    from scenarios.model import Scenario


@pytest.fixture(scope="module")
def bole() -> Scenario:
    return load_scenario("bole-2023")


@pytest.fixture(scope="module")
def high() -> Scenario:
    return load_scenario("bole-2023-high")


def test_the_optimistic_case_differs_in_four_assumptions_and_in_nothing_else(bole, high):
    known = {a.id: a for a in bole.assumptions.items}
    changed = {a.id for a in high.assumptions.items if a != known[a.id]}
    assert changed == {"calls-per-month", "call-to-visit", "visit-to-contract", "contract-yuan"}
    named = {"id", "title", "note", "assumptions"}
    assert high.model_dump(exclude=named) == bole.model_dump(exclude=named)


def test_the_optimistic_case_has_the_stated_centres_and_the_relative_spread_of_the_base(bole, high):
    assert high.assumptions["calls-per-month"].distribution == LogNormal(median=30, sigma=0.6)
    assert bole.assumptions["calls-per-month"].distribution == LogNormal(median=15, sigma=0.6)
    size = high.assumptions["contract-yuan"].distribution
    assert size == LogNormal(median=90_000_000, sigma=1.2)
    for key, mean in (("call-to-visit", 0.125), ("visit-to-contract", 0.30)):
        found, base = high.assumptions[key].distribution, bole.assumptions[key].distribution
        assert isinstance(found, Beta)
        assert isinstance(base, Beta)
        assert found.a / (found.a + found.b) == pytest.approx(mean)
        assert variation(found) == pytest.approx(variation(base), rel=0.01)


def variation(beta: Beta) -> float:
    """Coefficient of variation: sqrt(b / (a (a + b + 1)))."""
    return sqrt(beta.b / (beta.a * (beta.a + beta.b + 1)))

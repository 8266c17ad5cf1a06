from __future__ import annotations

import random

import numpy as np
import pytest

from sim.outcome import TAIL_COLUMNS
from tests.sim.twins import by_kernel, by_model, differences, random_case, taken_up


@pytest.mark.parametrize("seed", range(40))
def test_twins_agree_on_a_year_that_is_taken_up(seed):
    rng = random.Random(seed)
    case, assumptions = random_case(rng)
    under_way = taken_up(case, assumptions, rng)
    for future in range(3):
        assert differences(under_way, assumptions, future, seed=seed) == []


@pytest.mark.parametrize("seed", range(6))
def test_twins_agree_on_the_tails_of_a_year_that_is_taken_up(seed):
    rng = random.Random(1_000 + seed)
    case, assumptions = random_case(rng)
    under_way = taken_up(case, assumptions, rng)
    drawn = by_kernel(under_way, assumptions, 0, 1, seed=seed, tails=70, own=True)["tails"][0]
    for tail in (0, 1, 63, 64, 69):
        law = by_model(under_way, assumptions, 0, seed=seed, tail=tail, own=True)
        assert drawn[tail].tolist() == [getattr(law, name) for name in TAIL_COLUMNS]


def test_what_has_happened_is_in_every_outcome():
    rng = random.Random(5)
    case, assumptions = random_case(rng)
    under_way = taken_up(case, assumptions, rng)
    found = by_kernel(under_way, assumptions, 0, 20, seed=1, tails=8)
    facts = dict(zip(("signed", "registered"), under_way.state.facts[11:14:2], strict=True))
    for name, fact in facts.items():
        assert np.all(found["tails"][:, :, TAIL_COLUMNS.index(name)] >= fact)

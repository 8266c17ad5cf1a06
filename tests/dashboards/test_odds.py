from __future__ import annotations

import pytest

from dashboards.odds import AT_RISK, ON_COURSE, Odds, outlook, share
from sim.interval import estimate_count


@pytest.mark.parametrize(
    ("p", "word"),
    [(0, "out"), (AT_RISK - 1e-9, "out"), (AT_RISK, "risk"), (0.5, "risk"), (1, "course"),
     (ON_COURSE - 1e-9, "risk"), (ON_COURSE, "course")],
)  # fmt: skip
def test_the_word_changes_at_the_thresholds(p, word):
    assert outlook(p) == word


def test_odds_are_read_from_a_forecast_whatever_else_stands_there():
    data = {**estimate_count(3, 10).to_json(), "median_date": None}
    assert Odds.read(data).k == 3


def test_the_odds_against_are_those_of_the_other_count():
    for k in (0, 3, 10):
        against = Odds.read(estimate_count(k, 10).to_json()).against
        other = Odds.read(estimate_count(10 - k, 10).to_json())
        assert (against.k, against.n) == (other.k, other.n)
        assert (against.p, against.low, against.high) == pytest.approx(
            (other.p, other.low, other.high)
        )


def test_shares_are_written_as_each_language_does():
    assert (share(0.8, "zh"), share(0.8, "en")) == ("80%", "80\N{NO-BREAK SPACE}%")

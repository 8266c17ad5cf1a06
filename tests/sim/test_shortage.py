from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.shortage import shortage
from tests.sim.worlds import START, world

DAYS = world(days=92).days


def test_the_curve_counts_every_future_that_was_short_by_the_end_of_the_month():
    # July has 31 days: day 30 is its last, day 31 is in August.
    dry = np.array([[30, 31], [91, -1]] * 10)
    found = shortage(DAYS, dry)
    assert [until for until, _ in found.by_month] == [
        date(2023, 7, 31),
        date(2023, 8, 31),
        date(2023, 9, 30),
    ]
    assert [odds.p for _, odds in found.by_month] == [0.25, 0.5, 0.75]
    assert all(odds.low < odds.p < odds.high for _, odds in found.by_month)


def test_the_date_to_watch_is_the_first_by_which_one_future_in_ten_is_short():
    dry = np.full((100, 1), -1)
    dry[:10, 0] = range(10, 20)
    found = shortage(DAYS, dry)
    assert found.p10_date == date(2023, 7, 20)
    assert found.earliest < found.p10_date
    # Ten futures of a hundred: the true share may well lie below a tenth, and the date nowhere.
    assert found.latest is None
    dry[9, 0] = -1
    assert shortage(DAYS, dry).p10_date is None


def test_futures_that_share_parameters_are_worth_less_than_as_many_others():
    alike = np.repeat(np.where(np.arange(200) % 2, 5, -1)[:, np.newaxis], 4, axis=1)
    apart = alike.reshape(-1, 1)
    (_, one), (_, other) = shortage(DAYS, alike).by_month[-1], shortage(DAYS, apart).by_month[-1]
    assert one.p == other.p
    assert one.half_width == pytest.approx(2 * other.half_width, rel=0.02)


def test_money_that_is_never_short_has_no_date_and_a_bound():
    found = shortage(DAYS, np.full((300, 2), -1)).to_json()
    assert (found["p10_date"], found["latest"]) == (None, None)
    assert found["by_month"][-1]["high"] > 0


def test_short_from_the_first_day():
    assert shortage(DAYS, np.zeros((50, 1), np.int64)).p10_date == START

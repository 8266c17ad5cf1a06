from __future__ import annotations

from itertools import combinations

import pytest

from dashboards import wallsheet
from dashboards.drawing import width_of


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_of_holidays_never_overlap(bole, lang):
    names = wallsheet.lay(bole, lang).names
    assert len(names) >= 8
    for one, other in combinations(names, 2):
        if one.line == other.line:
            left, right = sorted((one, other), key=lambda name: name.left)
            assert left.left + width_of(left.mark.label, wallsheet.LABEL_SIZE) <= right.left


def test_names_stay_on_the_sheet(bole):
    for name in wallsheet.lay(bole, "en").names:
        assert name.left >= wallsheet.LEFT
        end = name.left + width_of(name.mark.label, wallsheet.LABEL_SIZE)
        assert end <= wallsheet.RIGHT + 0.01


def test_the_days_fill_the_width(bole):
    sheet = wallsheet.lay(bole, "zh")
    assert sheet.x(0) == wallsheet.LEFT
    assert sheet.x(bole.days.n_days) == pytest.approx(wallsheet.RIGHT)


def test_rows_end_where_the_foot_begins(bole):
    sheet = wallsheet.lay(bole, "zh")
    heads = wallsheet.BUREAU * len(bole.organisation.bureaus)
    rows = sheet.row * len(bole.persons)
    assert sheet.rows_top + heads + rows == pytest.approx(sheet.rows_bottom)

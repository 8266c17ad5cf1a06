from __future__ import annotations

from itertools import combinations

import pytest

from dashboards.palette import (
    ACCENT,
    CLOSURE,
    HOLIDAY,
    INK,
    MUTED,
    OUTLOOK,
    OUTLOOK_SIGN,
    PAPER,
    SERIES,
    STATUS,
    WASH,
)


def luminance(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "tone", [*STATUS.values(), *OUTLOOK.values(), HOLIDAY, CLOSURE], ids=lambda tone: tone.fill
)
def test_ink_can_be_read_on_every_fill(tone):
    assert contrast(tone.ink, tone.fill) >= 4.5


@pytest.mark.parametrize("paper", [PAPER, WASH])
@pytest.mark.parametrize("ink", [INK, MUTED, ACCENT])
def test_texts_can_be_read_on_the_page(ink, paper):
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize("colour", SERIES)
def test_series_stand_out_from_the_page(colour):
    assert contrast(colour, PAPER) >= 3


@pytest.mark.parametrize(("one", "other"), list(combinations(("post", "leave", "escort"), 2)))
def test_what_matters_most_stays_apart_in_a_grey_print(one, other):
    assert contrast(STATUS[one].fill, STATUS[other].fill) >= 1.5


def test_every_status_has_a_pattern_of_its_own_or_none():
    looks = [(tone.pattern, tone.mark) for tone in STATUS.values() if tone.pattern != "plain"]
    assert len(looks) == len(set(looks)) == 3


def test_outlooks_have_different_signs():
    assert len(set(OUTLOOK_SIGN.values())) == len(OUTLOOK) == 3

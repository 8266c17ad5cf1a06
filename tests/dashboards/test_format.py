from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.format import (
    amount,
    bare_chance,
    chance,
    count,
    day,
    days,
    difference,
    difference_digits,
    interval,
    money,
    money_unit,
    percent,
    points,
    seconds,
    signed,
    thousands,
    weekday,
)


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (1_000_000_000, "10.00 亿元", "CNY 1.00 bn"),
        (300_000_000, "3.00 亿元", "CNY 300.00 m"),
        (455_000, "45.50 万元", "CNY 455,000"),
        (80, "80 元", "CNY 80"),
        (0, "0 元", "CNY 0"),
        (-12_300_000, "-1,230.00 万元", "CNY -12.30 m"),
        (1_234_500_000_000, "12,345.00 亿元", "CNY 1,234.50 bn"),
    ],
)
def test_money_counts_in_the_units_of_the_language(yuan, zh, en):
    assert (money(yuan, "zh"), money(yuan, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (99_999_999, "1.00 亿元", "CNY 100.00 m"),
        (9_999.6, "1.00 万元", "CNY 10,000"),
        (999_999.7, "100.00 万元", "CNY 1.00 m"),
        (999_996_000, "10.00 亿元", "CNY 1.00 bn"),
        (-0.3, "0 元", "CNY 0"),
    ],
)
def test_the_unit_follows_the_rounded_amount(yuan, zh, en):
    assert (money(yuan, "zh"), money(yuan, "en")) == (zh, en)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_money_that_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match="allowed: a finite number"):
        money(bad, "zh")


def test_an_event_that_never_happened_is_a_bound_and_never_zero():
    assert percent(0, 0, 0.00383, "en") == "< 0.4 %"
    assert percent(0, 0, 0.00383, "zh") == "< 0.4%"
    assert percent(0, 0, 0.0602, "en") == "< 7 %"
    assert percent(0, 0, 0.0095, "en") == "< 1 %"
    assert percent(0, 0, 0.00095, "en") == "< 0.1 %"
    assert percent(0, 0, 0.000383, "en") == "< 0.04 %"
    assert interval(0, 0, 0.00383, "en") == "0–0.4 %"


def test_an_event_that_always_happened_is_a_bound_and_never_a_hundred():
    assert percent(1, 0.99617, 1, "en") == "> 99.6 %"
    assert percent(1, 0.9905, 1, "en") == "> 99 %"
    assert interval(1, 0.99617, 1, "en") == "99.6–100 %"


@pytest.mark.parametrize(
    ("p", "low", "high", "written"),
    [
        (0.132, 0.112, 0.154, "13 % (11–16 %)"),
        (0.132, 0.1299, 0.1341, "13.2 % (12.9–13.5 %)"),
        (0.132, 0.1318, 0.1322, "13.20 % (13.18–13.22 %)"),
        (1 / 300, 0.0006, 0.0186, "0.3 % (0.0–1.9 %)"),
        (0.999, 0.9944, 0.9998, "99.9 % (99.4–100.0 %)"),
    ],
)
def test_the_interval_decides_the_digits(p, low, high, written):
    assert chance(p, low, high, "en") == written


def test_a_bound_needs_no_interval_beside_it():
    assert chance(0, 0, 0.00383, "en") == "< 0.4 %"
    assert chance(1, 0.99617, 1, "zh") == "> 99.6%"


@pytest.mark.parametrize(("p", "low", "high"), [(0.5, 0.6, 0.7), (1.2, 1, 1.3), (0.1, -0.1, 0.2)])
def test_an_interval_that_does_not_hold_its_estimate_is_refused(p, low, high):
    with pytest.raises(ValueError, match="0 <= low <= p <= high <= 1"):
        percent(p, low, high, "en")


@given(n=st.integers(2, 100_000), share=st.floats(0, 1))
def test_no_probability_short_of_certain_reads_as_zero_or_a_hundred(n, share):
    k = round(share * n)
    p = k / n
    z2 = 1.96**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = 1.96 * ((p * (1 - p) + z2 / (4 * n)) / n) ** 0.5 / (1 + z2 / n)
    written = percent(p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half)), "en")
    figure = float(written.strip("<> %"))
    assert 0 < figure < 100
    if 0 < k < n:
        assert figure == pytest.approx(100 * p, abs=max(100 * half, 1e-3))


def test_counts_amounts_and_scores():
    assert count(1234) == "1,234"
    assert count(-0.2) == "0"
    assert count(3.75, 1) == "3.8"
    assert amount("funds_yuan", 3e8, "zh") == "3.00 亿元"
    assert amount("registered", 10, "zh") == "10"
    assert points(79.895) == "79.89"


def test_days_carry_the_year_where_it_is_needed():
    a, b, c = date(2023, 1, 13), date(2023, 1, 24), date(2024, 1, 2)
    assert day(a, "zh") == "2023年1月13日"
    assert day(a, "en", year=False) == "13 Jan"
    assert days(a, b, "zh") == "2023年1月13日–1月24日"
    assert days(a, b, "en") == "13 Jan–24 Jan 2023"
    assert days(a, c, "zh") == "2023年1月13日–2024年1月2日"
    assert days(a, b, "zh", year=False) == "1月13日–1月24日"
    assert (weekday(a, "zh"), weekday(a, "en")) == ("周五", "Fri")


def test_durations_below_ten_seconds_have_a_decimal():
    assert (seconds(4.21, "zh"), seconds(42.4, "en"), seconds(9.96, "en")) == (
        "4.2 秒",
        "42 s",
        "10 s",
    )


def test_figures_for_tables_leave_the_unit_to_the_heading():
    assert bare_chance(0.132, 0.112, 0.154) == "13 (11–16)"
    assert bare_chance(0, 0, 0.00383) == "< 0.4"
    assert (thousands(217_345, "zh"), thousands(217_345, "en")) == ("21.7", "217")


@pytest.mark.parametrize(
    ("given", "zh"),
    [
        ((0.874, 0.835, 0.914), "+0.87 (+0.83 至 +0.92)"),
        ((-5.31, -6.49, -4.2), "-5 (-7 至 -4)"),
        ((0.0, -0.21, 0.22), "0.0 (-0.3 至 +0.3)"),
        ((0, 0, 0), "0.0 (0.0 至 0.0)"),
        ((2341.2, 2000.4, 2700.1), "+2,341 (+2,000 至 +2,701)"),
    ],
)
def test_a_difference_has_a_sign_and_the_digits_its_interval_supports(given, zh):
    assert difference(*given, "zh") == zh
    assert difference(*given, "en") == zh.replace("至", "to")


def test_a_difference_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="allowed: low <= value <= high"):
        difference(3, 1, 2, "zh")


@pytest.mark.parametrize(
    ("low", "high", "digits"), [(0, 0.02, 2), (0, 0.2, 1), (0, 20, 0), (1, 1, 1), (0, 1e-9, 6)]
)
def test_a_digit_less_where_the_interval_is_ten_times_wider(low, high, digits):
    assert difference_digits(low, high) == digits


def test_what_rounds_to_nothing_has_no_sign():
    assert [signed(x, 1) for x in (-0.04, 0.04, -0.06, 1234.56)] == [
        "0.0",
        "0.0",
        "-0.1",
        "+1,234.6",
    ]


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (-3e9, (10**8, "亿元"), (10**9, "CNY bn")),
        (45_000, (10**4, "万元"), (1000, "CNY 1,000")),
        (2e6, (10**4, "万元"), (10**6, "CNY m")),
        (80, (1, "元"), (1, "CNY")),
    ],
)
def test_amounts_of_a_table_are_read_in_one_unit(yuan, zh, en):
    assert (money_unit(yuan, "zh"), money_unit(yuan, "en")) == (zh, en)

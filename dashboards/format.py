"""How numbers are written for people: money, probabilities, scores and days, in one place."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from scenarios.part import Lang

_WAN: Final = 10_000
_YI: Final = 100_000_000
_MILLION: Final = 1_000_000
_BILLION: Final = 1_000_000_000
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_WEEKDAYS: Final[dict[Lang, tuple[str, ...]]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def money(yuan: float, lang: Lang) -> str:
    """Write an amount of money: ``10.00 亿元`` or ``CNY 1.00 bn``.

    Parameters
    ----------
    yuan
        The amount in yuan; may be negative.
    lang
        Chinese counts in 万 and 亿, English in millions and billions.

    Raises
    ------
    ValueError
        When the amount is not finite.
    """
    _finite(yuan)
    sign = "-" if round(yuan) < 0 else ""
    size = abs(yuan)
    # The unit follows the rounded figure, so that 99,999,999 yuan is 1.00 亿元, not 10000.00 万元.
    if lang == "zh":
        if round(size / _WAN, 2) >= _WAN:
            return f"{sign}{size / _YI:,.2f} 亿元"
        if round(size) >= _WAN:
            return f"{sign}{size / _WAN:,.2f} 万元"
        return f"{sign}{size:,.0f} 元"
    if round(size / _MILLION, 2) >= _BILLION / _MILLION:
        return f"CNY {sign}{size / _BILLION:,.2f} bn"
    if round(size) >= _MILLION:
        return f"CNY {sign}{size / _MILLION:,.2f} m"
    return f"CNY {sign}{size:,.0f}"


def percent(p: float, low: float, high: float, lang: Lang) -> str:
    """Write a probability with the digits its interval supports.

    An event that never (or always) happened is written as a bound, ``< 0.4 %``, never as 0 %
    or 100 %.

    Parameters
    ----------
    p, low, high
        The estimate and its confidence interval, 0 to 1.
    lang
        Chinese sets the sign without a space.

    Raises
    ------
    ValueError
        When ``0 <= low <= p <= high <= 1`` does not hold.
    """
    return _sign(_estimate(p, low, high), lang)


def interval(p: float, low: float, high: float, lang: Lang) -> str:
    """Write the interval of a probability, rounded outwards: ``11–16 %``.

    Raises
    ------
    ValueError
        When ``0 <= low <= p <= high <= 1`` does not hold.
    """
    return _sign(_range(p, low, high), lang)


def chance(p: float, low: float, high: float, lang: Lang) -> str:
    """Write a probability with its interval, ``13 % (11–16 %)``; a bound stands alone."""
    if p in (0, 1):
        return percent(p, low, high, lang)
    return f"{percent(p, low, high, lang)} ({interval(p, low, high, lang)})"


def bare_chance(p: float, low: float, high: float) -> str:
    """Write a chance for a table whose heading says percent: ``13 (11–16)``, ``< 0.4``."""
    estimate = _estimate(p, low, high)
    return estimate if p in (0, 1) else f"{estimate} ({_range(p, low, high)})"


def thousands(yuan: float, lang: Lang) -> str:
    """Write money for a table whose heading says 万元 or CNY 1,000: ``45.5``, ``455``."""
    _finite(yuan)
    return f"{yuan / _WAN:,.1f}" if lang == "zh" else f"{yuan / 1000:,.0f}"


def count(value: float, digits: int = 0) -> str:
    """Write a count, or the mean of one, with thousands apart: ``1,234``."""
    _finite(value)
    # Adding 0.0 turns a rounded -0.0 into 0.
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def amount(metric: str, value: float, lang: Lang, digits: int = 0) -> str:
    """Write a value of a metric: money where its name ends in ``_yuan``, a count elsewhere."""
    return money(value, lang) if metric.endswith("_yuan") else count(value, digits)


def money_unit(yuan: float, lang: Lang) -> tuple[int, str]:
    """Return the unit an amount is read in, for a table: its yuan, and its name.

    Raises
    ------
    ValueError
        When the amount is not finite.
    """
    _finite(yuan)
    units: tuple[tuple[int, str], ...] = (
        ((_YI, "亿元"), (_WAN, "万元"))
        if lang == "zh"
        else ((_BILLION, "CNY bn"), (_MILLION, "CNY m"), (1000, "CNY 1,000"))
    )
    smallest = (1, "元" if lang == "zh" else "CNY")
    return next((unit for unit in units if abs(yuan) >= unit[0]), smallest)


def difference_digits(low: float, high: float) -> int:
    """Return the decimals that the interval of a difference supports: one digit of half of it."""
    half = (high - low) / 2
    return 1 if half <= 0 else min(6, max(0, -math.floor(math.log10(half))))


def difference(value: float, low: float, high: float, lang: Lang) -> str:
    """Write a difference with its interval, rounded outwards: ``+0.87 (+0.83 to +0.92)``.

    Raises
    ------
    ValueError
        When ``low <= value <= high`` does not hold.
    """
    if not low <= value <= high:
        msg = f"found {value} with interval {low} to {high}; allowed: low <= value <= high"
        raise ValueError(msg)
    digits = difference_digits(low, high)
    scale = 10.0**digits
    ends = (math.floor(round(low * scale, 6)) / scale, math.ceil(round(high * scale, 6)) / scale)
    low_text, high_text = (signed(end, digits) for end in ends)
    to = "至" if lang == "zh" else "to"
    return f"{signed(value, digits)} ({low_text} {to} {high_text})"


def signed(value: float, digits: int) -> str:
    """Write a number with its sign; 0 has none."""
    _finite(value)
    rounded = round(value, digits) + 0.0
    return f"{rounded:+,.{digits}f}" if rounded else f"{0:.{digits}f}"


def points(score: float) -> str:
    """Write a score with two decimals; grades compare the unrounded score (G3)."""
    return count(score, 2)


def day(value: date, lang: Lang, *, year: bool = True) -> str:
    """Write a date: ``2023年1月13日`` or ``13 Jan 2023``; without the year where it is known."""
    if lang == "zh":
        short = f"{value.month}月{value.day}日"
        return f"{value.year}年{short}" if year else short
    short = f"{value.day} {_MONTHS[value.month - 1]}"
    return f"{short} {value.year}" if year else short


def days(start: date, end: date, lang: Lang, *, year: bool = True) -> str:
    """Write a range of days, both ends included: ``1月13日–1月24日``."""
    with_year = year and start.year != end.year
    return (
        f"{day(start, lang, year=with_year)}–{day(end, lang, year=year)}"
        if lang == "en"
        else (f"{day(start, lang, year=year)}–{day(end, lang, year=with_year)}")
    )


def month(value: date, lang: Lang) -> str:
    """Write a month: ``1月`` or ``Jan``."""
    return f"{value.month}月" if lang == "zh" else _MONTHS[value.month - 1]


def weekday(value: date, lang: Lang) -> str:
    """Write a weekday: ``周五`` or ``Fri``."""
    return _WEEKDAYS[lang][value.weekday()]


def seconds(value: float, lang: Lang) -> str:
    """Write a duration: ``42 秒`` or ``42 s``, with a decimal below ten seconds."""
    _finite(value)
    digits = 1 if value < 9.95 else 0
    return f"{value:,.{digits}f} {'秒' if lang == 'zh' else 's'}"


def _finite(value: float) -> None:
    if not math.isfinite(value):
        msg = f"found {value}; allowed: a finite number"
        raise ValueError(msg)


def _estimate(p: float, low: float, high: float) -> str:
    _check(p, low, high)
    if p == 0:
        return f"< {_outward(high)}"
    if p == 1:
        return f"> {_complement(_outward(1 - low))}"
    return f"{100 * p:.{_digits(p, low, high)}f}"


def _range(p: float, low: float, high: float) -> str:
    _check(p, low, high)
    if p == 0:
        return f"0–{_outward(high)}"
    if p == 1:
        return f"{_complement(_outward(1 - low))}–100"
    digits = _digits(p, low, high)
    return f"{_floor(100 * low, digits)}–{_ceil(100 * high, digits)}"


def _check(p: float, low: float, high: float) -> None:
    # A hair of slack: Wilson's ends at k = 0 and k = n carry rounding errors.
    slack = 1e-9
    if not (-slack <= low <= p + slack and p - slack <= high <= 1 + slack):
        msg = f"found p {p} with interval {low} to {high}; allowed: 0 <= low <= p <= high <= 1"
        raise ValueError(msg)


def _digits(p: float, low: float, high: float) -> int:
    """Return the decimals of a percentage: a tenth only where half the interval is below 0.5 %.

    A probability that is neither 0 nor 1 gets as many as it takes not to look like it.
    """
    half = 50 * (high - low)
    digits = 0 if half >= 0.5 else 1 if half >= 0.05 else 2
    while digits < 6 and round(100 * p, digits) in (0, 100):
        digits += 1
    return digits


def _outward(share: float) -> str:
    """Return a bound in percent, rounded up: whole from 1 % on, else to one significant digit."""
    percentage = 100 * share
    if percentage >= 1 or percentage <= 0:
        return _ceil(percentage, 0)
    # Rounding up may carry: 0.95 becomes 1.0, which is 1 to one significant digit.
    return _ceil(percentage, -math.floor(math.log10(percentage))).rstrip("0").rstrip(".")


def _complement(bound: str) -> str:
    decimals = len(bound.partition(".")[2])
    return f"{100 - float(bound):.{decimals}f}"


def _floor(value: float, digits: int) -> str:
    scale = 10**digits
    return f"{max(0.0, math.floor(round(value * scale, 6)) / scale):.{digits}f}"


def _ceil(value: float, digits: int) -> str:
    scale = 10**digits
    return f"{min(100.0, math.ceil(round(value * scale, 6)) / scale):.{digits}f}"


def _sign(number: str, lang: Lang) -> str:
    return f"{number}%" if lang == "zh" else f"{number} %"

"""Days: statutory holidays, make-up working days, local closures, and the horizon's periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from scenarios.part import DateRange, Identifier, Part, Text, Trust, described


class Holiday(DateRange):
    """One statutory holiday as arranged: the run of days off, weekends inside it included."""

    id: Identifier = described("节日编号", "holiday id")
    name: Text = described("节日名称", "holiday name")


class HolidayYear(Part):
    """The holiday arrangement of one year."""

    year: int = described("年份", "year", ge=2000, le=2100)
    status: Literal["official", "predicted"] = described(
        "状态：已公布或预测", "official notice or prediction"
    )
    source: str = described("来源", "source", min_length=1)
    trust: Trust = described("可信度", "trust grade")
    holidays: tuple[Holiday, ...] = described("放假", "days off")
    make_up_days: tuple[date, ...] = described(
        "调休上班日", "working days that make up for days off", default=()
    )


class Closure(DateRange):
    """Days on which the home city's offices receive nobody (P12)."""

    id: Identifier = described("编号", "id")
    name: Text = described("名称", "name")
    status: Literal["official", "predicted"] = described("状态", "status", default="predicted")
    source: str = described("来源", "source", default="assumption")
    trust: Trust = described("可信度", "trust grade", default="E")


class CalendarData(Part):
    """What the scenario says about days."""

    country: Identifier | None = described(
        "内置节假日国家代码", "shipped holiday set", default=None
    )
    years: tuple[HolidayYear, ...] = described("各年节假日安排", "holiday years", default=())
    closures: tuple[Closure, ...] = described(
        "本地不接待日", "local days without reception", default=()
    )


class Horizon(DateRange):
    """The days that are planned and assessed, both ends included."""


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days inside the horizon, such as a quarter: day indices, ``stop`` excluded."""

    label: str
    start: int
    stop: int

    @property
    def n_days(self) -> int:
        """Length in days."""
        return self.stop - self.start

    @property
    def days(self) -> range:
        """The days of the period."""
        return range(self.start, self.stop)

    def __contains__(self, day: int) -> bool:
        return self.start <= day < self.stop


@dataclass(frozen=True, slots=True)
class Calendar:
    """The horizon day by day: integer days since its start, answers by table look-up.

    Attributes
    ----------
    start
        The date of day 0.
    workday, holiday, closed
        For each day: whether offices work, the id of the statutory holiday (or None), the id of
        the local closure (or None).
    months, quarters
        Calendar months and quarters cut to the horizon.
    """

    start: date
    workday: tuple[bool, ...]
    holiday: tuple[str | None, ...]
    closed: tuple[str | None, ...]
    make_up: tuple[bool, ...]
    months: tuple[Period, ...]

    @property
    def n_days(self) -> int:
        """Number of days of the horizon."""
        return len(self.workday)

    def date_of(self, day: int) -> date:
        """Return the date of a day index (may lie outside the horizon)."""
        return self.start + timedelta(days=day)

    def day_of(self, day: date) -> int:
        """Return the index of a date: negative before the horizon."""
        return (day - self.start).days

    def days_of(self, span: DateRange) -> range:
        """Return the day indices of a date range, cut to the horizon."""
        first = max(0, self.day_of(span.start))
        return range(first, max(first, min(self.n_days, self.day_of(span.end) + 1)))

    def reception(self, day: int) -> bool:
        """Whether the home city's offices receive visitors on a day."""
        return self.workday[day] and self.closed[day] is None

    def periods(self, months: int) -> tuple[Period, ...]:
        """Return periods of so many calendar months (3: calendar quarters), cut to the horizon.

        Periods are aligned to the calendar year, so that three months give calendar quarters (P2).

        Parameters
        ----------
        months
            Length of a period in calendar months; must divide 12.
        """
        found: list[Period] = []
        for month in self.months:
            first = self.date_of(month.start)
            number = (first.month - 1) // months
            label = f"{first.year}-Q{number + 1}" if months == 3 else f"{first.year}-P{number + 1}"
            label = month.label if months == 1 else label
            if found and found[-1].label == label:
                found[-1] = Period(label, found[-1].start, month.stop)
            else:
                found.append(Period(label, month.start, month.stop))
        return tuple(found)


def build_calendar(data: CalendarData, horizon: Horizon) -> Calendar:
    """Lay the calendar data over the horizon.

    Parameters
    ----------
    data
        Holiday years, which must cover every year of the horizon, and local closures.
    horizon
        The days to cover.

    Raises
    ------
    ValueError
        When a year of the horizon has no holiday data.
    """
    years = {year.year: year for year in data.years}
    missing = [y for y in range(horizon.start.year, horizon.end.year + 1) if y not in years]
    if missing:
        have = ", ".join(map(str, sorted(years))) or "none"
        msg = f"no holiday data for {', '.join(map(str, missing))} (have: {have})"
        raise ValueError(msg)
    days = [horizon.start + timedelta(days=i) for i in range(_length(horizon))]
    off = {day: h.id for y in years.values() for h in y.holidays for day in _each(h)}
    make_up = {day for y in years.values() for day in y.make_up_days}
    closed = {day: c.id for c in data.closures for day in _each(c)}
    return Calendar(
        start=horizon.start,
        workday=tuple((day.weekday() < 5 or day in make_up) and day not in off for day in days),
        holiday=tuple(off.get(day) for day in days),
        closed=tuple(closed.get(day) for day in days),
        make_up=tuple(day in make_up for day in days),
        months=tuple(_months(days)),
    )


def _length(span: DateRange) -> int:
    return (span.end - span.start).days + 1


def _each(span: DateRange) -> Iterator[date]:
    return (span.start + timedelta(days=i) for i in range(_length(span)))


def _months(days: list[date]) -> Iterator[Period]:
    first = 0
    for i, day in enumerate(days):
        if i + 1 == len(days) or days[i + 1].month != day.month:
            yield Period(f"{day.year}-{day.month:02d}", first, i + 1)
            first = i + 1

"""Recurring duties: meetings, ledger checks, promotion events, fairs."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from scenarios.part import DateRange, Identifier, Part, Text, described


class Meeting(Part):
    """A meeting or check that returns: dated around holidays by the planner."""

    id: Identifier = described("编号", "id")
    label: Text = described("名称", "name")
    kind: Literal["dispatch-meeting", "chain-meeting", "ledger-check"] = described("类别", "kind")
    every: Literal["half-month", "month", "week"] = described("频次", "how often")
    weekday: int | None = described(
        "固定星期(1-7)", "fixed weekday, Monday is 1 (weekly only)", default=None, ge=1, le=7
    )
    day_of_month: tuple[int, ...] = described(
        "每月日期", "days of the month (moved to the next working day)", default=()
    )
    online: bool = described("线上", "online", default=True, clause="P17")
    clause: str = described("条款", "clause", default="")

    @model_validator(mode="after")
    def _days_fit_the_rhythm(self) -> Meeting:
        days = self.day_of_month
        if any(not 1 <= day <= 31 for day in days):
            msg = f"found day_of_month {list(days)}; allowed: days from 1 to 31"
            raise ValueError(msg)
        halves = {day > 15 for day in days}
        if self.every == "half-month" and days and len(halves) < 2:
            msg = (
                f"found day_of_month {list(days)} for a meeting every half month; allowed: a day "
                "up to the 15th and one after it, or none for the 1st and the 16th"
            )
            raise ValueError(msg)
        if self.every == "week" and days:
            msg = f"found day_of_month {list(days)} for a weekly meeting; allowed: weekday instead"
            raise ValueError(msg)
        return self


class EventDuty(Part):
    """Promotion events each bureau owes (四㈢)."""

    per_bureau: int = described("每局每年场次", "events a bureau", default=2, ge=0, clause="四㈢")
    led_per_bureau: int = described(
        "其中市领导参加", "of which with a city leader", default=1, ge=0, clause="四㈢"
    )
    chief_present: bool = described("局长须在岗", "the chief is at post", default=True)


class Fair(DateRange):
    """A fair or major event with fixed dates."""

    id: Identifier = described("展会编号", "fair id")
    name: Text = described("展会", "fair")
    bureaus: tuple[Identifier, ...] = described("参加的局", "bureaus that attend", default=())
    level: Literal["county", "prefecture", "province", "national"] = described(
        "级别", "level", default="prefecture"
    )


class Obligations(Part):
    """All duties with a date."""

    meetings: tuple[Meeting, ...] = described("例会与检查", "meetings and checks", default=())
    events: EventDuty = described("推介活动", "promotion events", default=EventDuty())
    fairs: tuple[Fair, ...] = described("展会", "fairs", default=())

"""Rules as named policies: every reading of an ambiguous clause has a name and parameters."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import StringConstraints, model_validator

from scenarios.part import Identifier, Part, described

HOURS: Final = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"
"""Hours of a day as a scenario writes them: ``09:30-11:00``."""


class PresenceRule(Part):
    """How many days at post are owed, and over what (五㈠; P1, P3 to P5)."""

    policy: Literal["quarterly", "monthly-literal", "monthly-except-leave"] = described(
        "在岗口径", "presence policy", default="quarterly", clause="五㈠"
    )
    days_per_month: int = described(
        "每月在岗天数", "days at post a month", unit="days", default=26, ge=0, le=31, clause="五㈠"
    )
    travel_counts: bool = described(
        "路途是否计在岗", "travel days count as presence", default=False, clause="P5"
    )


class LeaveRule(Part):
    """The rotation leave (五㈠; P2, P6 to P8, P15)."""

    length_days: int = described(
        "轮休天数（含往返路途）",
        "days of one leave, travel included",
        unit="days",
        default=12,
        ge=1,
        clause="五㈠",
    )
    period_months: Literal[1, 2, 3, 4, 6, 12] = described(
        "轮休周期（自然月）",
        "calendar months to one leave",
        unit="months",
        default=3,
        clause="五㈠",
    )
    travel_days_each_way: int = described(
        "单程路途天数", "travel days each way", unit="days", default=1, ge=0, clause="P5"
    )
    protected_free_days: int = described(
        "保护的纯休息天数",
        "days at home that escorting leaves free",
        unit="days",
        default=4,
        ge=0,
        clause="P18",
    )
    preferred_last_days: int = described(
        "优先安排在期末前几天",
        "leave is preferred in the last days of the period",
        unit="days",
        default=45,
        ge=0,
        clause="P15",
    )
    clearing: Literal["last-working-day-of-leave"] = described(
        "报账日", "day of expense clearing", default="last-working-day-of-leave", clause="六㈢"
    )
    min_days_between: int | None = described(
        "同一人两次轮休之间至少相隔天数",
        "days between two leaves of a person, at least",
        unit="days",
        default=None,
        ge=0,
        clause="五㈠",
    )
    max_days_between: int | None = described(
        "同一人两次轮休之间至多相隔天数",
        "days between two leaves of a person, at most",
        unit="days",
        default=None,
        ge=0,
        clause="五㈠",
    )

    across_periods: Literal["forbid", "credit-start"] = described(
        "轮休跨期（计入起始日所在周期；在岗天数各期照算，每季余量只有 0 至 2 天）",
        "leave across periods (credited to the period it begins in; each period still owes its "
        "days at post, and a quarter has 0 to 2 to spare)",
        default="forbid",
        clause="P8",
    )

    @model_validator(mode="after")
    def _room_at_home(self) -> LeaveRule:
        if self.length_days <= 2 * self.travel_days_each_way:
            msg = (
                f"length_days: found {self.length_days} days, of which "
                f"{2 * self.travel_days_each_way} are travel; allowed: at least one day at home"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _stretch(self) -> LeaveRule:
        least, most = self.min_days_between, self.max_days_between
        if least is not None and most is not None and most < least:
            msg = (
                f"max_days_between: found {most}; allowed: at least min_days_between, "
                f"which is {least}"
            )
            raise ValueError(msg)
        return self

    @property
    def home_days(self) -> int:
        """Days at home in one leave."""
        return self.length_days - 2 * self.travel_days_each_way

    @property
    def crosses(self) -> bool:
        """Whether a leave may run past the end of its period (P8)."""
        return self.across_periods == "credit-start"

    @property
    def couples_periods(self) -> bool:
        """Whether leaves of different periods have anything to do with each other."""
        return self.asks_stretch or self.crosses

    @property
    def asks_stretch(self) -> bool:
        """Whether the days between two leaves of a person are limited at all."""
        return self.min_days_between is not None or self.max_days_between is not None


class CoverageRule(Part):
    """Who must stay (P9)."""

    min_at_post: int = described(
        "每局最少在岗人数", "persons at post at least", unit="persons", default=1, ge=0, clause="P9"
    )
    days: Literal["working", "all"] = described(
        "适用日", "days on which it holds", default="working", clause="P9"
    )


class VisitRule(Part):
    """Grouped company visits in the leaves (五㈠; V5 to V9)."""

    group_min: int = described(
        "每团最少企业",
        "companies a group, at least",
        unit="companies",
        default=3,
        ge=1,
        clause="V5",
    )
    group_max: int = described(
        "每团最多企业", "companies a group, at most", unit="companies", default=6, ge=1, clause="V5"
    )
    reserved_seats: int = described(
        "每团为后到线索预留席位",
        "seats of a group kept for leads that come later",
        unit="companies",
        default=0,
        ge=0,
        clause="V5",
    )
    newcomers: tuple[Identifier, ...] = described(
        "可用预留席位的企业（方案公布后才来的）",
        "companies that came after the plan and may take a reserved seat",
        default=(),
        clause="V5",
    )
    length_days: int = described(
        "每团考察天数", "days of a visit", unit="days", default=3, ge=1, le=10, clause="V5"
    )
    days: Literal["working", "any"] = described(
        "考察日", "days on which visits run (closed days never)", default="working"
    )
    same_host_unit: bool = described(
        "同团企业须属同一承接单位", "companies of a group share a host unit", default=True
    )
    joint_groups: Literal["none", "allowed"] = described(
        "几局联合组团", "groups of several bureaus together", default="none", clause="V6"
    )
    in_each_leave: Literal["wished", "required"] = described(
        "每次轮休是否都须带团", "a group in each leave", default="wished", clause="V7"
    )
    reception_hours: Annotated[str, StringConstraints(pattern=HOURS)] | None = described(
        "领导接待时间（北京时间，如 09:30-11:00）",
        "hours of a leader's reception, Beijing time, such as 09:30-11:00",
        default=None,
        clause="五㈠",
    )
    winter_months: tuple[int, ...] = described(
        "冬季月份", "winter months", default=(11, 12, 1, 2, 3), clause="V9"
    )
    winter_penalty: int = described(
        "冬季考察扣减优先分", "priority points lost by a winter visit", default=3, ge=0, clause="V9"
    )

    @model_validator(mode="after")
    def _sizes(self) -> VisitRule:
        if self.group_max < self.group_min:
            msg = (
                f"group_max: found {self.group_max}; allowed: at least group_min, "
                f"which is {self.group_min}"
            )
            raise ValueError(msg)
        spare = self.group_max - self.group_min
        if self.reserved_seats > spare:
            msg = (
                f"reserved_seats: found {self.reserved_seats}; allowed: at most group_max less "
                f"group_min, which is {spare}; reserve fewer or let groups be larger"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _hours_in_order(self) -> VisitRule:
        if self.reception_hours is not None:
            start, end = self.reception_hours.split("-")
            if end <= start:
                msg = (
                    f"reception_hours: found {self.reception_hours}; allowed: an end after the "
                    "start; give the later time as end"
                )
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _one_host_of_joint_groups(self) -> VisitRule:
        if self.joint_groups == "allowed" and not self.same_host_unit:
            msg = (
                "joint_groups: found 'allowed'; allowed: 'none' where same_host_unit is false; set "
                "same_host_unit to true, as a joint group has one host unit"
            )
            raise ValueError(msg)
        return self

    @property
    def open_seats(self) -> int:
        """Seats of a group that are not reserved."""
        return self.group_max - self.reserved_seats


class LeaderTripRule(Part):
    """Leaders who travel to the companies of a bureau (四㈡; V1)."""

    inspections: Literal["received", "either"] = described(
        "领导考察口径", "where leaders inspect companies", default="received", clause="V1"
    )
    length_days: int = described(
        "每次外出考察天数（含往返路途）",
        "days of a trip, travel included",
        unit="days",
        default=3,
        ge=1,
        le=14,
        clause="V1",
    )
    companies_max: int = described(
        "每次外出最多考察企业",
        "companies a trip, at most",
        unit="companies",
        default=4,
        ge=1,
        clause="V1",
    )
    trips_per_leader_per_year: int = described(
        "每位领导每年外出考察次数上限",
        "trips a leader and calendar year, at most",
        unit="trips",
        default=2,
        ge=1,
        clause="V8",
    )
    days: Literal["working", "any"] = described(
        "外出考察日", "days on which trips run", default="working", clause="V1"
    )


class FundsRule(Part):
    """Which funds in place count (F6r)."""

    basis: Literal["fixed-asset", "gross"] = described(
        "到位资金口径", "basis of funds in place", default="fixed-asset", clause="四㈠"
    )


class Rules(Part):
    """All rules of the horizon."""

    presence: PresenceRule = described("在岗", "presence", default=PresenceRule())
    leave: LeaveRule = described("轮休", "rotation leave", default=LeaveRule())
    coverage: CoverageRule = described("驻地留守", "coverage", default=CoverageRule())
    visits: VisitRule = described("组团考察", "grouped visits", default=VisitRule())
    # Left out of what is written while it is the default: the hashes of scenarios that know
    # nothing of trips, and so the runs stored with them, stay what they were.
    leader_trips: LeaderTripRule = described(
        "领导外出考察",
        "leader trips",
        default=LeaderTripRule(),
        exclude_if=lambda rule: rule == LeaderTripRule(),
    )
    funds: FundsRule = described("到位资金", "funds in place", default=FundsRule())

    @property
    def unasked(self) -> dict[str, set[str]]:
        """Settings of :data:`LATER` that are at their default, by rule."""
        return {
            rule: {
                name
                for name in names
                if getattr(getattr(self, rule), name)
                == type(getattr(self, rule)).model_fields[name].default
            }
            for rule, names in LATER.items()
        }


LATER: dict[str, tuple[str, ...]] = {
    "leave": ("min_days_between", "max_days_between", "across_periods"),
    "visits": ("reserved_seats", "newcomers", "joint_groups", "in_each_leave", "reception_hours"),
}
"""Settings that came after scenarios had been planned and stored, and ask for nothing by default:
a scenario that does not use them has the content hash that it had without them."""

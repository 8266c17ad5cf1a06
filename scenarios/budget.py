"""Money: lump sums, expense heads, per-diem, travel standards, release and clearing gate."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scenarios.part import Identifier, Part, Text, Trust, described

Yuan = Annotated[int, Field(ge=0)]
"""An amount of money in whole yuan, never negative."""

Head = Literal["travel", "hospitality", "per_diem", "leave_fares", "rent"]


class ExpenseHead(Part):
    """A head of expense; those inside are paid from the lump sum (B1, B2)."""

    id: Identifier = described("费用科目编号", "head id")
    label: Text = described("费用科目", "head")
    inside: bool = described("是否在包干内", "inside the lump sum")
    simulated_as: Head | None = described(
        "仿真科目", "the head under which the simulation books it", default=None
    )
    clause: str = described("条款", "clause", default="")


class Release(Part):
    """How the lump sum is paid out (B8)."""

    policy: Literal["equal", "shares"] = described("拨付方式", "release policy", default="equal")
    shares: tuple[int, ...] = described(
        "各期份额", "share of each period (relative weights)", default=()
    )

    @model_validator(mode="after")
    def _complete(self) -> Release:
        if self.policy == "shares" and (not self.shares or sum(self.shares) <= 0):
            msg = "shares: found none; allowed: a share for each period, with a positive sum"
            raise ValueError(msg)
        if any(share < 0 for share in self.shares):
            msg = f"shares: found {min(self.shares)}; allowed: shares of 0 or more"
            raise ValueError(msg)
        return self


class Gate(Part):
    """Per-diem waits until the last period's expenses are cleared (六㈢; P16)."""

    policy: Literal["per-bureau", "per-person", "none"] = described(
        "报账闸口", "clearing gate", default="per-bureau", clause="六㈢"
    )
    blocks: Literal["per-diem", "tranche"] = described(
        "未报账时停发", "what an uncleared period holds back", default="per-diem", clause="P16"
    )


class TravelStandard(Part):
    """Travel on duty outside the resident city (B5)."""

    meals_yuan_per_day: int = described(
        "出差伙食补助", "meal allowance", unit="yuan a day", ge=0, clause="六㈢"
    )
    local_transport_yuan_per_day: int = described(
        "出差市内交通补助", "local transport allowance", unit="yuan a day", ge=0, clause="六㈢"
    )
    hotel_yuan_per_night: int = described(
        "住宿标准", "hotel limit", unit="yuan a night", ge=0, clause="六㈢"
    )
    source: str = described("来源", "source", default="assumption")
    trust: Trust = described("可信度", "trust grade", default="E")


class Budget(Part):
    """The money of all bureaus."""

    lump_sum_yuan: dict[Identifier, Yuan] = described(
        "各局包干经费", "lump sum of each bureau", unit="yuan", clause="六㈠"
    )
    heads: tuple[ExpenseHead, ...] = described("费用科目", "heads", default=(), clause="六㈠")
    per_diem_yuan: int = described(
        "驻地每人每天补助",
        "allowance per person and day in the resident city",
        unit="yuan a day",
        ge=0,
        clause="六㈢",
    )
    travel: TravelStandard = described("出差标准", "travel standard", clause="六㈢")
    travel_by_bureau: dict[Identifier, TravelStandard] = described(
        "各局出差标准", "travel standard by bureau", default={}
    )
    rent_yuan_per_month: dict[Identifier, Yuan] = described(
        "列入包干的房租（各局）",
        "rent inside the lump sum, by bureau",
        unit="yuan a month",
        default={},
        clause="B3",
    )
    release: Release = described("拨付", "release", default=Release())
    gate: Gate = described("报账闸口", "clearing gate", default=Gate())
    overspend: Literal["blocked"] = described(
        "超支", "overspending", default="blocked", clause="B6"
    )
    reserve_per_diem: bool = described(
        "出差前预留当期补助", "trips leave the period's per-diem untouched", default=True
    )
    total_fixed: bool = described(
        "总额固定", "the total is fixed; moves need approval", default=True, clause="B7"
    )

    def travel_of(self, bureau: str) -> TravelStandard:
        """Return the travel standard of a bureau."""
        return self.travel_by_bureau.get(bureau, self.travel)

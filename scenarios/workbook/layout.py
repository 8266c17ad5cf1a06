"""The sheets of a workbook: which part of a scenario each holds, and under which titles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from scenarios.assessment import Grade, Item, TierStep
from scenarios.assumptions import Assumption
from scenarios.budget import ExpenseHead, TravelStandard
from scenarios.calendar import Closure, Holiday, HolidayYear
from scenarios.model import Scenario
from scenarios.obligations import Fair, Meeting
from scenarios.organisation import (
    Bureau,
    Chain,
    Cluster,
    Company,
    HostUnit,
    Leader,
    LeaveRequest,
    Person,
    Province,
    Sector,
)
from scenarios.part import DateRange, Text
from scenarios.reading import KeyPath
from scenarios.targets import Target
from scenarios.workbook.columns import Column, columns_of


def _say(zh: str, en: str) -> Text:
    return Text.model_construct(zh=zh, en=en)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a workbook.

    Attributes
    ----------
    key
        Its stable name.
    title
        What the sheet is called; at most 31 characters, as a workbook wants it.
    within
        Key path from the parent's item, or from the scenario, to the list.
    columns
        The columns, that of the parent first.
    parent
        Key of the sheet whose rows these rows belong to; None at the top.
    form
        ``list``: each row is an item. ``mapping``: each row is an entry of one or more mappings;
        its first own column holds the key, the first key of every other column names the mapping.
    key_column
        Column that tells the rows of one list apart; None where nothing does.
    """

    key: str
    title: Text
    within: KeyPath
    columns: tuple[Column, ...]
    parent: str | None = None
    form: Literal["list", "mapping"] = "list"
    key_column: str | None = "id"

    @property
    def parent_column(self) -> Column | None:
        """The column that names the parent, or None at the top."""
        return self.columns[0] if self.parent else None

    @property
    def own(self) -> tuple[Column, ...]:
        """The columns of the rows themselves."""
        return self.columns[1:] if self.parent else self.columns


PARENT: Final = "of"
"""First key of the column that names the parent: no key of a scenario."""

KEY: Final = "for"
"""First key of the column that holds the key of a mapping."""

SETTINGS: Final = columns_of(Scenario)
"""Everything that is said once: no list, no mapping."""

SETTINGS_TITLE: Final = _say("设置", "Settings")
README_TITLE: Final = _say("说明", "Read me")


def _pointer(first: str, name: str, refers: str, zh: str, en: str) -> Column:
    return Column((first, name), _say(zh, en), "id", refers=refers)


_ZH_EN = (
    Column(("zh",), _say("内容（中文）", "text (Chinese)"), "text"),
    Column(("en",), _say("内容（英文）", "text (English)"), "text"),
)
_LUMP_SUM = Column(
    ("lump_sum_yuan",),
    _say("包干经费", "lump sum"),
    "whole",
    unit="yuan",
    clause="六㈠",
    low=0,
)
_RENT = Column(
    ("rent_yuan_per_month",),
    _say("列入包干的房租", "rent inside the lump sum"),
    "whole",
    default=None,
    unit="yuan a month",
    clause="B3",
    low=0,
)
_MINIMUM = Column(("minimum_by_bureau",), _say("最低值", "at least"), "whole", low=0)

_OF_BUREAU = _pointer(PARENT, "bureau", "bureaus", "驻点局编号", "bureau id")
_FOR_BUREAU = _pointer(KEY, "bureau", "bureaus", "驻点局编号", "bureau id")
_OF_PERSON = _pointer(PARENT, "person", "persons", "人员编号", "person id")
_OF_LEADER = _pointer(PARENT, "leader", "leaders", "领导编号", "leader id")
_OF_ITEM = _pointer(PARENT, "item", "assessment_items", "考核项编号", "item id")
_OF_TARGET = _pointer(PARENT, "target", "targets", "目标编号", "target id")
_OF_ASSUMPTION = _pointer(PARENT, "assumption", "assumptions", "假设编号", "assumption id")
_OF_YEAR = Column(
    (PARENT, "year"), _say("年份", "year"), "whole", refers="holiday_years", low=2000, high=2100
)

_REFERS: Final[Mapping[tuple[str, str], str]] = {
    ("settings", "organisation.office"): "host_units",
    ("settings", "rules.visits.newcomers"): "companies",
    ("bureaus", "primary_provinces"): "provinces",
    ("bureaus", "secondary_provinces"): "provinces",
    ("sectors", "chain"): "chains",
    ("clusters", "province"): "provinces",
    ("clusters", "sector"): "sectors",
    ("chains", "lead_unit"): "host_units",
    ("companies", "bureau"): "bureaus",
    ("companies", "province"): "provinces",
    ("companies", "chain"): "chains",
    ("targets", "not_for"): "bureaus",
    ("targets", "only_for"): "bureaus",
    ("assessment_items", "rule.target"): "targets",
    ("assessment_items", "applies_to"): "bureaus",
    ("fairs", "bureaus"): "bureaus",
}
"""Columns that may only name rows of another sheet."""


def _linked(sheet: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(
        replace(column, refers=_REFERS.get((sheet, column.name), column.refers))
        for column in columns
    )


def _optional(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return columns that may all stay empty: without any of them there is no entry."""
    return tuple(
        replace(column, default=None if column.required else column.default) for column in columns
    )


def _id_first(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return columns with the id and the name before the days they inherit."""
    return tuple(sorted(columns, key=lambda column: column.keys in (("start",), ("end",))))


_SHEETS = (
    Sheet("bureaus", _say("驻点局", "Bureaus"), ("organisation", "bureaus"), columns_of(Bureau)),
    Sheet(
        "persons",
        _say("派驻人员", "Persons"),
        ("persons",),
        (_OF_BUREAU, *columns_of(Person)),
        parent="bureaus",
    ),
    Sheet(
        "leave_wishes",
        _say("轮休意愿", "Leave wishes"),
        ("leave_requests",),
        (_OF_PERSON, *columns_of(LeaveRequest)),
        parent="persons",
        key_column=None,
    ),
    Sheet(
        "leaders",
        _say("接待领导", "Leaders"),
        ("organisation", "leaders"),
        tuple(column for column in columns_of(Leader) if column.keys != ("blocked",)),
    ),
    Sheet(
        "leader_days",
        _say("领导不可接待日", "Leader days"),
        ("blocked",),
        (_OF_LEADER, *columns_of(DateRange)),
        parent="leaders",
        key_column=None,
    ),
    Sheet("companies", _say("企业", "Companies"), ("companies",), columns_of(Company)),
    Sheet(
        "host_units",
        _say("承接单位", "Host units"),
        ("organisation", "host_units"),
        columns_of(HostUnit),
    ),
    Sheet("chains", _say("产业链", "Chains"), ("organisation", "chains"), columns_of(Chain)),
    Sheet(
        "provinces",
        _say("省份", "Provinces"),
        ("organisation", "provinces"),
        columns_of(Province),
    ),
    Sheet(
        "sectors",
        _say("主攻行业", "Sectors"),
        ("sectors",),
        (_OF_BUREAU, *columns_of(Sector)),
        parent="bureaus",
    ),
    Sheet(
        "clusters",
        _say("产业集群", "Clusters"),
        ("clusters",),
        (_OF_BUREAU, *columns_of(Cluster)),
        parent="bureaus",
    ),
    Sheet(
        "duties",
        _say("专项职责", "Duties"),
        ("duties",),
        (_OF_BUREAU, *_ZH_EN),
        parent="bureaus",
        key_column=None,
    ),
    Sheet("targets", _say("目标", "Targets"), ("targets",), columns_of(Target)),
    Sheet(
        "target_minima",
        _say("目标各局另定值", "Target minima"),
        (),
        (_OF_TARGET, _FOR_BUREAU, _MINIMUM),
        parent="targets",
        form="mapping",
        key_column=_FOR_BUREAU.name,
    ),
    Sheet(
        "assessment_items",
        _say("考核项", "Assessment items"),
        ("assessment", "items"),
        columns_of(Item),
    ),
    Sheet(
        "score_bands",
        _say("考核分档", "Score bands"),
        ("rule", "steps"),
        (_OF_ITEM, *columns_of(TierStep)),
        parent="assessment_items",
        key_column=None,
    ),
    Sheet("grades", _say("等次", "Grades"), ("assessment", "grades"), columns_of(Grade)),
    Sheet(
        "budgets",
        _say("各局经费", "Budgets"),
        ("budget",),
        (
            _FOR_BUREAU,
            _LUMP_SUM,
            _RENT,
            *_optional(columns_of(TravelStandard, ("travel_by_bureau",))),
        ),
        form="mapping",
        key_column=_FOR_BUREAU.name,
    ),
    Sheet("heads", _say("费用科目", "Expense heads"), ("budget", "heads"), columns_of(ExpenseHead)),
    Sheet(
        "meetings",
        _say("例会与检查", "Meetings"),
        ("obligations", "meetings"),
        columns_of(Meeting),
    ),
    Sheet("fairs", _say("展会", "Fairs"), ("obligations", "fairs"), _id_first(columns_of(Fair))),
    Sheet(
        "assumptions",
        _say("假设", "Assumptions"),
        ("assumptions", "items"),
        columns_of(Assumption),
    ),
    Sheet(
        "assumptions_by_bureau",
        _say("各局另定假设", "Assumptions by bureau"),
        (),
        (
            _OF_ASSUMPTION,
            _FOR_BUREAU,
            *(
                replace(column, keys=("by_bureau", *column.keys[1:]))
                for column in columns_of(Assumption)
                if column.keys[0] == "distribution"
            ),
        ),
        parent="assumptions",
        form="mapping",
        key_column=_FOR_BUREAU.name,
    ),
    Sheet(
        "closures",
        _say("本地不接待日", "Closures"),
        ("calendar", "closures"),
        _id_first(columns_of(Closure)),
    ),
    Sheet(
        "holiday_years",
        _say("节假日年份", "Holiday years"),
        ("calendar", "years"),
        columns_of(HolidayYear),
        key_column="year",
    ),
    Sheet(
        "holidays",
        _say("节假日", "Holidays"),
        ("holidays",),
        (_OF_YEAR, *_id_first(columns_of(Holiday))),
        parent="holiday_years",
    ),
)

SHEETS: Final[Mapping[str, Sheet]] = {
    sheet.key: replace(sheet, columns=_linked(sheet.key, sheet.columns)) for sheet in _SHEETS
}
"""Every table by its key, in the order of the workbook; a parent stands before its children."""

SETTING_COLUMNS: Final[Mapping[str, Column]] = {
    column.name: column for column in _linked("settings", SETTINGS)
}
"""Every setting by its name."""

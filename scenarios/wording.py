"""Validation errors in plain words: what was found, what is allowed, what to do."""

from __future__ import annotations

import math
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from scenarios.contradictions import in_both_languages
from scenarios.faults import Fault, did_you_mean, listed, one_of, same, say
from scenarios.model import Scenario
from scenarios.part import Part, Text
from scenarios.reading import Reading, keys_of, quoted
from scenarios.rules import HOURS
from scenarios.tables import TABLES

Loc = tuple[int | str, ...]

_CONTRADICTION = re.compile(
    r"(?:(?P<path>[^\s:]+): )?found (?P<found>.*?); allowed: (?P<allowed>.*?)(?:; (?P<remedy>.*))?"
)
_PATTERNS = {
    r"^\d\d-\d\d$": say("月-日，如 03-15，加引号", "a month and day such as 03-15, in quotes"),
    HOURS: say("时间段，如 09:30-11:00", "hours such as 09:30-11:00"),
}
_IDENTIFIER = say(
    "由小写字母、数字和连字符组成的短名，如 beijing-chief",
    "a short name of small letters, digits and hyphens such as beijing-chief",
)
_DAY = say("日期，如 2024-07-01", "a day such as 2024-07-01")
_WHOLE = say("整数", "a whole number")
_NUMBER = say("数字", "a number")
_BOOL = say("true 或 false", "true or false")
_LIST = say("列表：以 '- ' 开头的各行", "a list: lines that begin with '- '")
_MAPPING = say("映射：'键: 值' 各行", "a mapping: lines of 'key: value'")
_TEXT = say("文字", "a text")
_QUOTES = say("加上引号", "put it into quotes")
_REMOVE = say("删去", "remove it")
_ADD = say("补上", "add it")
_NOTHING = say("空缺", "nothing")
_ALLOWED = {
    "finite_number": say("数字，不能是 NaN 或无穷大", "a number, not NaN and not infinite"),
    "int_parsing": _WHOLE,
    "int_parsing_size": say("最多 18 位的整数", "a whole number of at most 18 digits"),
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "bool_parsing": _BOOL,
    "bool_type": _BOOL,
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": say("不为空的文字", "a text that is not empty"),
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "tuple_type": _LIST,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}
_BOUNDS = {
    "greater_than_equal": ("ge", say("{} 或以上", "{} or more")),
    "greater_than": ("gt", say("大于 {}", "more than {}")),
    "less_than_equal": ("le", say("{} 或以下", "{} or less")),
    "less_than": ("lt", say("小于 {}", "less than {}")),
    "too_short": ("min_length", say("列表中至少 {} 项", "at least {} in the list")),
    "too_long": ("max_length", say("列表中最多 {} 项", "at most {} in the list")),
    "string_too_long": ("max_length", say("最多 {} 个字符", "at most {} characters")),
}
_UNITS = {
    "companies": "家企业",
    "days": "天",
    "months": "个月",
    "percent": "%",
    "persons": "人",
    "trips": "次",
    "yuan": "元",
    "yuan a day": "元/天",
    "yuan a month": "元/月",
    "yuan a night": "元/晚",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A field on the way to a value.

    Attributes
    ----------
    depth
        Number of parts of the location up to and with this field.
    owner
        The part of a scenario that has the field.
    field
        The field itself: title, unit, default.
    """

    depth: int
    owner: type[Part]
    field: FieldInfo


def fields_along(loc: Loc) -> list[Step]:
    """Return the scenario's fields that a validation error's location passes, outermost first."""
    return _walk(loc)[0]


def faults_of(error: ErrorDetails, reading: Reading) -> Iterator[Fault]:
    """Put one validation error into words.

    Parameters
    ----------
    error
        An error of :meth:`pydantic.ValidationError.errors`.
    reading
        The data that were validated, which know where each value stands.

    Yields
    ------
    Fault
        One fault; for a message of several contradictions, one for each line.
    """
    loc = error["loc"]
    if error["type"] == "value_error":
        for line in str(error["ctx"]["error"]).splitlines():
            yield _contradiction(line, error["input"], loc, reading)
        return
    keys = keys_of(reading.data, loc[:-1] if loc and loc[-1] == "[key]" else loc)
    where = reading.where(keys)
    found = _NOTHING if error["type"] == "missing" else shown_value(error["input"])
    yield _worded(error, where, found)


def shown_value(value: Any) -> Text:
    """Return a value as a fault shows it: short, on one line, without control characters."""
    if value is None:
        return say("空值", "nothing (empty)")
    if isinstance(value, bool):
        return same(str(value).lower())
    if isinstance(value, float) and not math.isfinite(value):
        return same("NaN") if math.isnan(value) else say("无穷大", "infinity")
    if isinstance(value, Mapping):
        if not value:
            return say("空的映射", "an empty mapping")
        names = listed(sorted(str(key) for key in value))
        zh, en = quoted(names.zh)[1:-1], quoted(names.en)[1:-1]
        return say(f"含 {zh} 的映射", f"a mapping with {en}")
    if isinstance(value, list | tuple):
        return say(f"{len(value)} 项的列表", f"a list of {len(value)}")
    return same(quoted(value) if isinstance(value, str) else str(value)[:60])


def _worded(error: ErrorDetails, where: str, found: Text) -> Fault:
    kind, context = error["type"], error.get("ctx", {})
    steps = fields_along(error["loc"])
    if kind == "missing":
        return Fault(where, found, _a_value(steps), _ADD)
    if kind == "extra_forbidden":
        return _unknown_key(error, where)
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", context["expected"])
        allowed = say(one_of(map(repr, known)).zh, f"one of {context['expected']}")
        return Fault(where, found, allowed, did_you_mean(str(error["input"]), known))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_kind(error, where)
    if kind == "string_pattern_mismatch":
        return Fault(where, found, _PATTERNS.get(context["pattern"], _IDENTIFIER))
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        unit = _unit(steps) if kind.startswith(("greater", "less")) else same("")
        bound = context[name]
        allowed = say(words.zh.format(bound) + unit.zh, words.en.format(bound) + unit.en)
        return Fault(where, found, allowed)
    bare = kind == "string_type" and isinstance(error["input"], bool | int | float)
    return Fault(where, found, _ALLOWED.get(kind, same(error["msg"])), _QUOTES if bare else None)


def _unknown_key(error: ErrorDetails, where: str) -> Fault:
    key = str(error["loc"][-1])
    owner = _walk(error["loc"][:-1])[1]
    known = list(owner.model_fields) if _is_part(owner) else []
    if owner is Scenario:
        known = [*dict.fromkeys(("extends", *known, *(table.key for table in TABLES)))]
    names = listed(known)
    return Fault(
        where,
        say(f"未知的键 {quoted(key)}", f"the unknown key {quoted(key)}"),
        say(f"以下各键：{names.zh}", f"the keys {names.en}"),
        did_you_mean(key, known) or _REMOVE,
    )


def _unknown_kind(error: ErrorDetails, where: str) -> Fault:
    if error["type"] == "union_tag_invalid":
        tag = quoted(error["ctx"]["tag"])
        known = error["ctx"]["expected_tags"].split(", ")
        return Fault(where, say(f"类别 {tag}", f"the kind {tag}"), one_of(known))
    members = _members(_walk(error["loc"])[1])
    found = say("没有 'kind'", "no 'kind'")
    return Fault(
        where, found, one_of(map(repr, members)), say("补上 'kind: ...'", "add 'kind: ...'")
    )


def _a_value(steps: list[Step]) -> Text:
    title = steps[-1].field.title if steps else None
    if not title:
        return say("一个值", "a value")
    words = _extra(steps).get("x-title")
    zh = words["zh"] if isinstance(words, dict) else title
    return say(f"“{zh}”的值", f"a value for {title}")


def _unit(steps: list[Step]) -> Text:
    unit = _extra(steps).get("x-unit")
    return say(f"（{_UNITS.get(str(unit), unit)}）", f" ({unit})") if unit else same("")


def _extra(steps: list[Step]) -> Mapping[str, Any]:
    extra = steps[-1].field.json_schema_extra if steps else None
    return extra if isinstance(extra, dict) else {}


def _contradiction(line: str, found: Any, loc: Loc, reading: Reading) -> Fault:
    match = _CONTRADICTION.fullmatch(line)
    if match is None:
        where = reading.where(keys_of(reading.data, loc))
        return Fault(where, shown_value(found), in_both_languages(line))
    named = match["path"].split(".") if match["path"] else []
    where = reading.where(keys_of(reading.data, (*loc, *named)))
    remedy = in_both_languages(match["remedy"]) if match["remedy"] else None
    return Fault(
        where, in_both_languages(match["found"]), in_both_languages(match["allowed"]), remedy
    )


def _walk(loc: Loc) -> tuple[list[Step], Any]:
    """Return the fields that a location passes, and the type that stands at its end."""
    steps: list[Step] = []
    here: Any = Scenario
    for depth, part in enumerate(loc, start=1):
        here = _bare(here)
        origin = get_origin(here)
        if _is_part(here):
            if part not in here.model_fields:
                return steps, None
            found = here.model_fields[str(part)]
            steps.append(Step(depth, here, found))
            here = found.annotation
        elif origin is tuple:
            here = get_args(here)[0]
        elif origin is dict:
            here = get_args(here)[1]
        else:
            here = _members(here).get(str(part))
    return steps, _bare(here)


def _is_part(kind: Any) -> TypeGuard[type[Part]]:
    return isinstance(kind, type) and issubclass(kind, Part)


def _bare(kind: Any) -> Any:
    """Strip ``Annotated`` and ``| None``."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
            continue
        rest = [x for x in get_args(kind) if x is not type(None)]
        if get_origin(kind) in (Union, types.UnionType) and len(rest) == 1:
            kind = rest[0]
            continue
        return kind


def _members(union: Any) -> dict[str, Any]:
    """Return the members of a union by their ``kind``."""
    if get_origin(union) not in (Union, types.UnionType):
        return {}
    return {
        str(get_args(member.model_fields["kind"].annotation)[0]): member
        for member in get_args(union)
        if _is_part(member) and "kind" in member.model_fields
    }

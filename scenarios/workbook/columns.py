"""The columns of a table, as the model describes its fields: title, unit, what is allowed."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeGuard, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scenarios.part import DateRange, Identifier, Part, Text
from scenarios.workbook.choices import CHOICES

Kind = Literal["text", "id", "whole", "number", "flag", "day", "spans", "choice"]

ABSENT: Final = object()
"""The default of a field that has none."""

_ID: Final = get_args(Identifier)[1]

_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "a": ("a（贝塔）", "a (beta)"),
    "at_least": ("从此值起", "from this value on"),
    "b": ("b（贝塔）", "b (beta)"),
    "end": ("止日", "last day"),
    "high": ("最高值（三角）", "highest (triangular)"),
    "kind": ("类别", "kind"),
    "low": ("最低值（三角）", "lowest (triangular)"),
    "median": ("中位数（对数正态）", "median (log-normal)"),
    "mode": ("最可能值（三角）", "most likely (triangular)"),
    "points": ("得分", "points"),
    "sigma": ("σ（对数正态）", "sigma (log-normal)"),
    "start": ("起日", "first day"),
    "value": ("固定值", "value (fixed)"),
    "values": ("取值（离散）", "values (discrete)"),
    "weights": ("权重（离散）", "weights (discrete)"),
}
"""Titles of fields that need none in the model."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, or one setting.

    Attributes
    ----------
    keys
        Key path of the value inside its row's item.
    title
        What people read above it.
    kind
        What a cell holds.
    many
        Whether a cell holds several values, separated by semicolons.
    choices
        The allowed values of a choice.
    default
        What an empty cell stands for; :data:`ABSENT` where the value must be given.
    unit, clause
        As the model says.
    low, high
        Inclusive bounds of a number; None where there are none.
    refers
        Key of the sheet whose ids are allowed; None for anything.
    group
        Titles of the parts around it.
    """

    keys: tuple[str, ...]
    title: Text
    kind: Kind
    many: bool = False
    choices: tuple[str | int, ...] = ()
    default: Any = ABSENT
    unit: str | None = None
    clause: str | None = None
    low: float | None = None
    high: float | None = None
    refers: str | None = None
    group: tuple[Text, ...] = ()

    @property
    def name(self) -> str:
        """The stable name: the keys, joined by dots."""
        return ".".join(self.keys)

    @property
    def required(self) -> bool:
        """Whether a cell may not be empty."""
        return self.default is ABSENT

    @property
    def may_be_emptied(self) -> bool:
        """Whether "nothing" is a value of its own, since an empty cell means something else."""
        return (self.many or self.kind in ("text", "spans")) and bool(
            self.default is not ABSENT and self.default
        )


def columns_of(model: type[Part], prefix: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return the columns of a part: its fields and those of the parts inside it, in order.

    Lists and mappings of parts are tables of their own and have no column here.
    """
    return tuple(_distinct(_columns(model, prefix, (), {})))


def field_title(name: str, field: FieldInfo) -> Text:
    """Return the title of a field in both languages."""
    extra = field.json_schema_extra
    words = extra.get("x-title") if isinstance(extra, dict) else None
    if isinstance(words, dict):
        return Text.model_construct(zh=str(words["zh"]), en=str(words["en"]))
    zh, en = _TITLES[name]
    return Text.model_construct(zh=zh, en=en)


def is_part(kind: Any) -> TypeGuard[type[Part]]:
    """Whether a type is a part of a scenario."""
    return isinstance(kind, type) and issubclass(kind, Part)


def bare(kind: Any) -> Any:
    """Return a type without ``Annotated`` and ``| None``."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
            continue
        rest = [x for x in get_args(kind) if x is not type(None)]
        if get_origin(kind) in (Union, types.UnionType) and len(rest) == 1:
            kind = rest[0]
            continue
        return kind


def members(kind: Any) -> tuple[type[Part], ...]:
    """Return the parts of a union that are told apart by ``kind``; none for anything else."""
    if get_origin(kind) not in (Union, types.UnionType):
        return ()
    return tuple(member for member in get_args(kind) if is_part(member))


def _columns(
    model: type[Part],
    prefix: tuple[str, ...],
    group: tuple[Text, ...],
    defaults: Mapping[str, Any],
) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        given = defaults.get(name, _default(field))
        keys, kind = (*prefix, name), bare(field.annotation)
        title = field_title(name, field)
        if kind is Text:
            yield from _texts(keys, title, field, given, group)
        elif is_part(kind):
            inner = given.__dict__ if isinstance(given, Part) else {}
            yield from _columns(kind, keys, (*group, title), inner)
        elif members(kind):
            yield from _union(members(kind), keys, (*group, title))
        elif get_origin(kind) is dict and get_origin(get_args(kind)[0]) is Literal:
            yield from _fixed_keys(keys, title, kind, given, group)
        else:
            made = _scalar(keys, title, field, given)
            if made is not None:
                yield replace(made, group=group)


def _texts(
    keys: tuple[str, ...], title: Text, field: FieldInfo, given: Any, group: tuple[Text, ...]
) -> Iterator[Column]:
    default = ABSENT if given is ABSENT else None
    for lang, zh, en in (("zh", "中文", "Chinese"), ("en", "英文", "English")):
        words = Text.model_construct(zh=f"{title.zh}（{zh}）", en=f"{title.en} ({en})")
        yield Column(
            (*keys, lang), words, "text", default=default, clause=_extra(field, "x-clause"),
            group=group,
        )  # fmt: skip


def _fixed_keys(
    keys: tuple[str, ...], title: Text, kind: Any, given: Any, group: tuple[Text, ...]
) -> Iterator[Column]:
    """Yield a column for each key of a mapping whose keys are known."""
    known, _ = get_args(kind)
    for key in get_args(known):
        default = given[key] if isinstance(given, Mapping) else ABSENT
        meant = CHOICES[key]
        words = Text.model_construct(zh=f"{title.zh}：{meant.zh}", en=f"{title.en}: {meant.en}")
        yield Column((*keys, key), words, "number", default=default, group=group)


def _union(
    kinds: tuple[type[Part], ...], keys: tuple[str, ...], group: tuple[Text, ...]
) -> Iterator[Column]:
    """Yield the kind, then every field that some kind has: cells of other kinds stay empty."""
    tags = tuple(str(get_args(m.model_fields["kind"].annotation)[0]) for m in kinds)
    title = Text.model_construct(zh=f"{group[-1].zh}：类别", en=f"{group[-1].en}: kind")
    yield Column((*keys, "kind"), title, "choice", choices=tags, group=group)
    seen: dict[str, Column] = {}
    for member in kinds:
        for column in _columns(member, keys, group, {}):
            name = column.keys[-1]
            if name != "kind":
                # What one kind must have another has not, so that the model judges it.
                default = column.default if column.may_be_emptied else None
                seen.setdefault(name, replace(column, default=default))
    yield from seen.values()


def _scalar(keys: tuple[str, ...], title: Text, field: FieldInfo, given: Any) -> Column | None:
    kind, many = bare(field.annotation), False
    if get_origin(kind) is tuple:
        kind, many = get_args(kind)[0], True
    base = bare(kind)
    if base is DateRange and many:
        held: Kind = "spans"
    elif get_origin(base) is Literal:
        held = "choice"
    else:
        plain: dict[Any, Kind] = {bool: "flag", int: "whole", float: "number", date: "day"}
        found = plain.get(base, "id" if _is_id(kind, field) else "text")
        if found is None or is_part(base) or (found == "text" and base is not str):
            return None
        held = found
    low, high = _bounds(field)
    return Column(
        keys,
        title,
        held,
        many=many,
        choices=get_args(base) if held == "choice" else (),
        default=given,
        unit=_extra(field, "x-unit"),
        clause=_extra(field, "x-clause"),
        low=low,
        high=high,
    )


def _is_id(kind: Any, field: FieldInfo) -> bool:
    """Whether a field holds ids: alone, its pattern is the field's; in a list, the item's."""
    marks = (*field.metadata, *getattr(kind, "__metadata__", ()))
    return any(mark == _ID for mark in marks)


def _default(field: FieldInfo) -> Any:
    return ABSENT if field.default is PydanticUndefined else field.default


def _extra(field: FieldInfo, key: str) -> str | None:
    extra = field.json_schema_extra
    found = extra.get(key) if isinstance(extra, dict) else None
    return str(found) if found is not None else None


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    low = high = None
    for piece in field.metadata:
        low = getattr(piece, "ge", low)
        high = getattr(piece, "le", high)
    return low, high


def _distinct(columns: Iterator[Column]) -> Iterator[Column]:
    """Yield the columns with titles that tell them apart."""
    found = list(columns)
    for column in found:
        same = [other for other in found if other.group == column.group]
        zh, en = column.title.zh, column.title.en
        if sum(other.title.zh == zh or other.title.en == en for other in same) > 1:
            name = column.keys[-1]
            words = Text.model_construct(zh=f"{zh}（{name}）", en=f"{en} ({name})")
            yield replace(column, title=words)
        else:
            yield column

"""One cell: how a value is written into it, and what it is read as."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from scenarios.faults import did_you_mean, listed, one_of, same, say
from scenarios.part import Lang, Text
from scenarios.reading import quoted
from scenarios.workbook.columns import Column

NOTHING: Final = say("（无）", "(none)")
"""Stands in a cell that is to hold nothing, where an empty cell would mean the default."""

UNCOMPUTED: Final = object()
"""A formula whose result the file does not hold."""

FLAGS: Final = (say("是", "yes"), say("否", "no"))
"""True and false."""

_TRUE = {"是", "yes", "true", "y", "1", "对", "√"}
_FALSE = {"否", "no", "false", "n", "0", "错", "×"}
_ERRORS = {
    "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
}  # fmt: skip
_DAY = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})"
    r"|\.(?P<m3>\d{1,2})\.(?P<d3>\d{1,2})|年(?P<m4>\d{1,2})月(?P<d4>\d{1,2})日?"
    r"|(?P<m5>\d\d)(?P<d5>\d\d))(?: 00:00:00|T00:00:00)?"
)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SEPARATOR = re.compile(r"[;；、,，\n]")
_SPAN = re.compile(r"\s*(?:\.\.+|~|～|至|到|\bto\b)\s*")
_SERIALS = range(36_526, 73_051)
"""Days as a spreadsheet counts them, 2000-01-01 to 2099-12-31."""

_DAY_WORDS = say("日期，如 2024-07-01", "a day such as 2024-07-01")
_SPANS_WORDS = say(
    "日期段，如 2024-07-01..2024-07-19，多段以 ';' 分隔",
    "days such as 2024-07-01..2024-07-19, several separated by ';'",
)
_LONGEST = 32_767
_LISTED = 40
"""Allowed names that a fault lists; the nearest one is named in any case."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell by itself: what was found, what is allowed, what to do."""

    found: Text
    allowed: Text
    remedy: Text | None = None


def is_empty(value: Any) -> bool:
    """Whether a cell is empty: nothing, or blanks alone."""
    return value is None or (isinstance(value, str) and not value.strip())


def written(value: Any, column: Column, lang: Lang) -> Any:
    """Return what a cell holds for a value of plain data; None for an empty cell.

    Parameters
    ----------
    value
        As ``model_dump(mode="json")`` gives it, or None where there is none.
    column
        What the cell holds.
    lang
        Language of yes, no and nothing.
    """
    if value is None:
        return None
    if value in ("", [], ()):
        return NOTHING.get(lang) if column.may_be_emptied else None
    if column.kind == "spans":
        return "; ".join(f"{span['start']}..{span['end']}" for span in value)
    if column.many:
        return "; ".join(_number_text(item) for item in value)
    if column.kind == "flag":
        return FLAGS[0 if value else 1].get(lang)
    if column.kind == "day":
        return date.fromisoformat(value)
    # A spreadsheet keeps 15 digits of a number.
    if isinstance(value, int) and abs(value) >= 10**15:
        return str(value)
    return value


def plain(value: Any, column: Column) -> tuple[Any, Problem | None]:
    """Return a cell as plain data, and what is wrong with it by itself.

    What is no number or choice stays a text, for the model to judge. None stands for a value that
    is left out.
    """
    if value is UNCOMPUTED:
        return "", Problem(
            say("未算出结果的公式", "a formula without its result"),
            say("一个值", "a value"),
            say(
                "用 Excel 打开并保存，或粘贴为数值", "open and save it in Excel, or paste as values"
            ),
        )
    if is_empty(value):
        return None, None
    text = _text(value)
    if text.upper() in _ERRORS:
        return text, Problem(
            say(f"错误值 {text}", f"the error {text}"),
            say("一个值", "a value"),
            say("改正公式，或直接填写", "mend the formula, or type the value"),
        )
    if len(text) > _LONGEST:
        words = say(f"最多 {_LONGEST} 个字符", f"at most {_LONGEST} characters")
        return text, Problem(same(quoted(text)), words)
    if column.may_be_emptied and _folded(text) in (_folded(NOTHING.zh), _folded(NOTHING.en)):
        return ("" if column.kind == "text" else []), None
    if column.kind == "spans":
        return _spans(text)
    if column.many:
        return _several(value, text, column)
    return _one(value, text, column)


def unknown_name(name: str, known: Mapping[str, Any], what: Text) -> Problem:
    """Return the problem of a name that no row of the other sheet has."""
    names = sorted(known)
    if not names:
        nothing = say(f"“{what.zh}”表中的编号（现无）", f"an id of the sheet {what.en} (none yet)")
        return Problem(same(quoted(name)), nothing)
    more = "" if len(names) <= _LISTED else "…"
    some = listed([*names[:_LISTED], *([more] if more else [])])
    allowed = say(f"“{what.zh}”表中的编号：{some.zh}", f"one of {some.en} (sheet {what.en})")
    return Problem(same(quoted(name)), allowed, did_you_mean(name[:60], names))


def day_of(value: Any) -> str | None:
    """Return a day in ISO form, or None for what is none.

    Dates are read, texts as ``2024-07-01``, ``2024/7/1``, ``2024.7.1``, ``2024年7月1日`` or
    ``20240701``, and a spreadsheet's own count of days.
    """
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        if value == int(value) and int(value) in _SERIALS:
            return (date(1899, 12, 30) + timedelta(days=int(value))).isoformat()
        value = f"{value:.0f}"
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", str(value)).strip())
    if match is None:
        return None
    month, day = (next(match[f"{x}{i}"] for i in range(1, 6) if match[f"{x}{i}"]) for x in "md")
    try:
        return date(int(match["y"]), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _one(value: Any, text: str, column: Column) -> tuple[Any, Problem | None]:
    kind = column.kind
    if kind == "day":
        day = day_of(value)
        return (text, Problem(same(quoted(text)), _DAY_WORDS)) if day is None else (day, None)
    if kind == "flag":
        return _flag(text)
    if kind in ("whole", "number") or (kind == "choice" and isinstance(column.choices[0], int)):
        return _number(value, text), None
    if kind == "text" and isinstance(value, date):
        # A month and day such as 03-15 turns into a date where the cell is not one of text.
        month_day = isinstance(column.default, str) and re.fullmatch(r"\d\d-\d\d", column.default)
        return value.strftime("%m-%d") if month_day else text, None
    return text, None


def _several(value: Any, text: str, column: Column) -> tuple[Any, Problem | None]:
    pieces: list[Any] = [piece.strip() for piece in _SEPARATOR.split(text) if piece.strip()]
    if column.kind == "day":
        days = [day_of(piece) for piece in ([value] if isinstance(value, date) else pieces)]
        return (text, Problem(same(quoted(text)), _DAY_WORDS)) if None in days else (days, None)
    if column.kind in ("whole", "number"):
        return [_number(piece, piece) for piece in pieces], None
    return pieces, None


def _spans(text: str) -> tuple[Any, Problem | None]:
    spans = []
    for piece in re.split(r"[;；,，\n]", text):
        if not piece.strip():
            continue
        days = [day_of(part) for part in _SPAN.split(piece.strip())]
        if len(days) != 2 or None in days:
            return text, Problem(same(quoted(text)), _SPANS_WORDS)
        spans.append({"start": days[0], "end": days[1]})
    return spans, None


def _flag(text: str) -> tuple[Any, Problem | None]:
    word = _folded(text)
    if word in _TRUE or word in _FALSE:
        return word in _TRUE, None
    return text, Problem(same(quoted(text)), one_of([x.zh for x in FLAGS] + [x.en for x in FLAGS]))


def _number(value: Any, text: str) -> Any:
    """Return a number where there is one; a text otherwise, which the model refuses in words."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = unicodedata.normalize("NFKC", text).strip()
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if re.fullmatch(r"[-+]?\d{1,18}", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d{1,3})?", text):
        return float(text)
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == value.time().min:
        return value.date().isoformat()
    return str(value).strip()


def _number_text(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()

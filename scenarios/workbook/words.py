"""What a workbook and a form say: titles, how to fill in, what a cell may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scenarios.faults import say
from scenarios.part import Lang, Text
from scenarios.workbook.choices import choice_words
from scenarios.workbook.columns import Column
from scenarios.workbook.layout import SHEETS

HEADS: Final[Mapping[str, Text]] = {
    "allowed": say("可填内容", "allowed"),
    "clause": say("条款", "clause"),
    "default": say("默认值", "default"),
    "group": say("分组", "group"),
    "hash": say("内容编码", "content hash"),
    "key": say("键", "key"),
    "scenario": say("场景编号", "scenario id"),
    "setting": say("设置", "setting"),
    "sheets": say("各工作表的列", "columns of the sheets"),
    "unit": say("单位", "unit"),
    "value": say("值", "value"),
    "wrong": say("不可填", "not allowed"),
}
"""Titles of the settings and of the read-me."""

README: Final = (
    (
        say("怎么用", "How to use it"),
        say(
            "改动单元格、增删行，保存后上传，或运行 bureau scenario validate 文件.xlsx。"
            "错误会一次列全：工作表、行、列、现为、应为、建议。",
            "Change cells, add or remove rows, save, and upload the file, or run bureau scenario "
            "validate FILE.xlsx. All faults come at once: sheet, row, column, found, allowed, "
            "advice.",
        ),
    ),
    (
        say("表头", "Titles"),
        say(
            "表头已锁定（无密码）。带 * 的列必填；其余单元格留空即用默认值。"
            "列可调换次序，不可删去。无表头的列和“备注”列不读取。",
            "Titles are locked (no password). Columns with * must be filled; any other empty cell "
            "means the default. Columns may change places but not go. A column without a title, or "
            "called note, is not read.",
        ),
    ),
    (
        say("编号", "Ids"),
        say(
            "由小写字母、数字和连字符组成，如 beijing-chief；同一表中不重复；别处只引用已有编号。",
            "Small letters, digits and hyphens, such as beijing-chief; each once in a sheet; other "
            "sheets name existing ids only.",
        ),
    ),
    (
        say("日期", "Days"),
        say(
            "日期格式，或文字 2024-07-01、2024/7/1、2024年7月1日。"
            "时段写作 2024-07-01..2024-07-19，首尾都算；多段以分号分隔。",
            "A date, or text such as 2024-07-01 or 2024/7/1. A span is 2024-07-01..2024-07-19, "
            "both days included; several are separated by semicolons.",
        ),
    ),
    (
        say("多个值", "Several values"),
        say(
            "一格多值以分号分隔，如 beijing; tianjin。要表示“没有”而默认值不为空时，填（无）。",
            "Several values in a cell are separated by semicolons, such as beijing; tianjin. Where "
            "there is to be nothing although the default is something, write (none).",
        ),
    ),
    (
        say("公式与宏", "Formulas and macros"),
        say(
            "公式按已算出的结果读取；含宏的文件、合并单元格不接受。其他工作表不读取。",
            "A formula counts as its computed result. Macros and merged cells are refused. Other "
            "sheets are not read.",
        ),
    ),
)
"""What the first sheet says: title and words."""


def allowed_words(column: Column, lang: Lang) -> str:
    """Return what a cell may hold."""
    zh = lang == "zh"
    if column.kind == "flag":
        return "是 或 否" if zh else "yes or no"
    if column.kind == "choice":
        joint = "；" if zh else "; "
        words = joint.join(choice_words(value, lang) for value in column.choices)
        several = "可填多个：" if zh else "one or more of "
        return f"{several}{words}" if column.many else words
    if column.refers:
        title = SHEETS[column.refers].title.get(lang)
        return f"“{title}”表中的编号" if zh else f"an id of the sheet {title}"
    if column.kind in ("whole", "number"):
        return _number_words(column, lang)
    return _KINDS[column.kind].get(lang)


_KINDS: Final[Mapping[str, Text]] = {
    "day": say("日期，如 2024-07-01", "a day such as 2024-07-01"),
    "id": say("编号：小写字母、数字和连字符", "an id: small letters, digits, hyphens"),
    "spans": say(
        "日期段，如 2024-07-01..2024-07-19，多段以分号分隔",
        "days such as 2024-07-01..2024-07-19, several separated by semicolons",
    ),
    "text": say("文字", "a text"),
}


def _number_words(column: Column, lang: Lang) -> str:
    zh = lang == "zh"
    if column.kind == "whole":
        words = "整数" if zh else "a whole number"
    else:
        words = "数字" if zh else "a number"
    if column.many:
        words = f"{words}，多个以分号分隔" if zh else f"{words}, several separated by semicolons"
    low, high = column.low, column.high
    if low is not None and high is not None:
        return f"{words}，{low:g} 至 {high:g}" if zh else f"{words} from {low:g} to {high:g}"
    if low is not None:
        return f"{words}，{low:g} 或以上" if zh else f"{words}, {low:g} or more"
    return words

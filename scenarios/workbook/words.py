"""What a workbook and a form say beside a value: allowed values in words, units, how to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scenarios.faults import say
from scenarios.part import Lang, Text
from scenarios.workbook.columns import Column
from scenarios.workbook.layout import SHEETS

CHOICES: Final[Mapping[str, Text]] = {
    "A": say("政府或正式文本", "government or issued text"),
    "B": say("主要媒体", "major media"),
    "C": say("转载", "mirror"),
    "D": say("模板或上传", "template or upload"),
    "E": say("估计", "estimate"),
    "all": say("全部日", "all days"),
    "allowed": say("允许", "allowed"),
    "any": say("不限", "any"),
    "assistance": say("援疆援博推荐", "paired assistance"),
    "beta": say("贝塔", "beta"),
    "blocked": say("不得超支", "blocked"),
    "bonus": say("加分项", "bonus"),
    "bureau": say("各局独立", "per bureau"),
    "call": say("走访", "call"),
    "chain-meeting": say("产业链会议", "chain meeting"),
    "chief": say("局长", "chief"),
    "cliff": say("未达标不得分", "nothing below target"),
    "county": say("县级", "county"),
    "credit-start": say("可跨期，计入起始日所在周期", "may cross; credited to where it begins"),
    "daily_work": say("日常工作", "daily work"),
    "deputy": say("副职／分管", "deputy"),
    "discrete": say("离散", "discrete"),
    "dispatch-meeting": say("调度会", "dispatch meeting"),
    "efficacy-coefficient": say("功效系数", "efficacy coefficient"),
    "either": say("来访或外出均可", "received or travelled to"),
    "equal": say("各期均等", "equal"),
    "event-deduct": say("按事扣分", "deductions"),
    "event_signed": say("活动上签约项目", "signed at events"),
    "event_started": say("其中已开工项目", "of those started"),
    "events": say("推介活动", "promotion events"),
    "events_led": say("市领导参加的推介活动", "promotion events with a leader"),
    "failed": say("未过", "failed"),
    "fixed": say("固定", "fixed"),
    "fixed-asset": say("固定资产投资", "fixed-asset investment"),
    "forbid": say("不可跨期", "not across periods"),
    "fortune-500": say("世界或中国 500 强", "Fortune 500"),
    "full": say("给满分", "full marks"),
    "funds_yuan": say("到位资金（元）", "funds in place (yuan)"),
    "gross": say("全部到位资金", "gross funds"),
    "group": say("组团", "group"),
    "half-month": say("每半月", "every half month"),
    "hospitality": say("接待", "hospitality"),
    "industry-leader": say("行业龙头", "industry leader"),
    "inspections": say("领导考察", "leader inspections"),
    "inspections_deputy": say("分管领导考察", "inspections by a deputy leader"),
    "inspections_principal": say("主要领导考察", "inspections by a principal leader"),
    "last-working-day-of-leave": say("轮休最后一个工作日", "last working day of the leave"),
    "leader": say("领导推荐", "leader"),
    "leave_fares": say("轮休交通费", "leave fares"),
    "ledger-check": say("台账检查", "ledger check"),
    "liaison_items": say("跑办事项", "liaison items"),
    "listed": say("上市企业", "listed"),
    "lognormal": say("对数正态", "log-normal"),
    "month": say("每月", "every month"),
    "monthly-except-leave": say("按月，轮休月除外", "monthly, except months of leave"),
    "monthly-literal": say("逐月（字面）", "monthly, literally"),
    "national": say("国家级", "national"),
    "none": say("不设", "none"),
    "office": say("重大产业办", "the Office"),
    "official": say("已公布", "official"),
    "ordinary": say("一般企业", "ordinary"),
    "passed": say("通过", "passed"),
    "pending": say("待定", "pending"),
    "per-bureau": say("按局", "per bureau"),
    "per-diem": say("只停补助", "per-diem only"),
    "per-person": say("按人", "per person"),
    "per_diem": say("驻地补助", "per-diem"),
    "predicted": say("预测", "predicted"),
    "prefecture": say("州级", "prefecture"),
    "presence_days": say("在岗天数", "days at post"),
    "principal": say("主要领导", "principal"),
    "pro-rata": say("按完成比例", "pro rata"),
    "pro-rata-bonus": say("按比例，超额加分", "pro rata with a bonus"),
    "pro-rata-capped": say("按比例，封顶", "pro rata, capped"),
    "proportion-deduct": say("按占比", "by proportion"),
    "province": say("省级", "province"),
    "quarterly": say("按季合计", "by quarter"),
    "rank-first-full-else-share": say("第一名满分，其余按占比", "first full, others a share"),
    "received": say("来访时考察", "received at home"),
    "registered": say("注册项目", "registered projects"),
    "relative-to-best": say("与最好者相比", "relative to the best"),
    "rent": say("房租", "rent"),
    "required": say("必须", "required"),
    "share-among-completers": say("完成者之间占比", "share among completers"),
    "share-of-best": say("占第一名的比例", "share of the best"),
    "share-of-largest": say("占最大者的比例", "share of the largest"),
    "share-of-total": say("占全部的比例", "share of the total"),
    "share-of-total-completers": say("占完成者合计的比例", "share of the completers' total"),
    "shared": say("全市共同", "shared"),
    "shares": say("按份额", "by shares"),
    "signed_yuan": say("签约金额（元）", "contracted investment (yuan)"),
    "staff": say("干部", "staff"),
    "start_rate": say("开工率", "start rate"),
    "tier-table": say("分档", "bands"),
    "tranche": say("整期停拨", "the whole tranche"),
    "travel": say("差旅", "travel"),
    "triangular": say("三角", "triangular"),
    "unit": say("承接单位", "host unit"),
    "week": say("每周", "every week"),
    "wished": say("尽量", "wished"),
    "working": say("工作日", "working days"),
    "zero": say("计零分", "no marks"),
}
"""What each allowed value means."""

UNITS: Final[Mapping[str, Text]] = {
    "companies": say("家", "companies"),
    "days": say("天", "days"),
    "months": say("月", "months"),
    "percent": say("%", "%"),
    "persons": say("人", "persons"),
    "trips": say("次", "trips"),
    "yuan": say("元", "yuan"),
    "yuan a day": say("元/天", "yuan a day"),
    "yuan a month": say("元/月", "yuan a month"),
    "yuan a night": say("元/晚", "yuan a night"),
}
"""Units of bare numbers."""

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


def choice_words(value: str | int, lang: Lang) -> str:
    """Return an allowed value with its meaning."""
    words = CHOICES.get(str(value))
    if words is None:
        return str(value)
    return f"{value}（{words.zh}）" if lang == "zh" else f"{value} ({words.en})"


def unit_words(unit: str | None, lang: Lang) -> str:
    """Return a unit, empty where there is none."""
    return UNITS[unit].get(lang) if unit else ""


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

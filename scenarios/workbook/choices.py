"""Allowed values and units in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scenarios.faults import say
from scenarios.part import Lang, Text

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


def meaning(value: str | int, lang: Lang) -> str:
    """Return what an allowed value means; the value itself where it needs no words."""
    words = CHOICES.get(str(value))
    return str(value) if words is None else words.get(lang)


def choice_words(value: str | int, lang: Lang) -> str:
    """Return an allowed value with its meaning."""
    words = CHOICES.get(str(value))
    if words is None:
        return str(value)
    return f"{value}（{words.zh}）" if lang == "zh" else f"{value} ({words.en})"


def unit_words(unit: str | None, lang: Lang) -> str:
    """Return a unit, empty where there is none."""
    return UNITS[unit].get(lang) if unit else ""

"""What the parts of a scenario say of a contradiction, in Chinese too.

A part raises plain English, ``found ...; allowed: ...; remedy``. Each of these phrases has a shape
here and its Chinese; a phrase of no known shape stays English, in sight.
"""

from __future__ import annotations

import re

from scenarios.assumptions import KNOWN
from scenarios.faults import same, say
from scenarios.part import Text

_BARE = re.compile(r"'[^']*'|\S+")
"""A value alone reads the same in both languages."""

_SHAPES = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        # found
        (r"none", "空缺"),
        (r"id (?P<id>'.+') twice", "编号 {id} 重复"),
        (r"(?P<id>'.+'), a target on (?P<metric>.+)", "{id}，其指标为 {metric}"),
        (
            r"no holiday data for (?P<names>.+) \(have: (?P<names_had>.+)\)",
            "缺 {names} 年的节假日数据（现有：{names_had}）",
        ),
        (
            r"posted_to (?P<end>.+) before posted_from (?P<start>.+)",
            "posted_to {end} 早于 posted_from {start}",
        ),
        (r"no entry for (?P<id>'.+')", "没有 {id} 的一项"),
        (r"no (?P<id>'.+')", "没有 {id}"),
        (r"(?P<n>\S+) days, of which (?P<travel>\S+) are travel", "{n} 天，其中路途 {travel} 天"),
        (r"(?P<n>\S+) days", "{n} 天"),
        (r"(?P<n>\S+) shares", "{n} 个份额"),
        (r"(?P<start>\S+) to (?P<end>\S+)", "{start} 至 {end}"),
        (r"values down to (?P<low>.+)", "低至 {low} 的值"),
        (r"values up to (?P<high>.+)", "高至 {high} 的值"),
        (
            r"low (?P<low>\S+), mode (?P<mode>\S+), high (?P<high>\S+)",
            "low {low}、mode {mode}、high {high}",
        ),
        (r"(?P<n>\S+) values and (?P<w>\S+) weights", "{n} 个值与 {w} 个权重"),
        (
            r"day_of_month (?P<days>.+) for a meeting every half month",
            "每半月例会的 day_of_month {days}",
        ),
        (r"day_of_month (?P<days>.+) for a weekly meeting", "每周例会的 day_of_month {days}"),
        (r"day_of_month (?P<days>.+)", "day_of_month {days}"),
        (r"bands from (?P<starts>.+)", "起点为 {starts} 的分档"),
        (r"grades from (?P<marks>.+)", "最低分为 {marks} 的等次"),
        (r"rule (?P<rule>'.+') on metric (?P<metric>'.+')", "规则 {rule} 用于指标 {metric}"),
        (r"a band of (?P<n>\S+) points", "{n} 分的一档"),
        (r"floor (?P<n>\S+)", "下限 {n}"),
        (r"weight (?P<n>\S+) on a bonus", "加分项的分值 {n}"),
        # allowed
        (r"one of none", "下列之一：（现在一个也没有）"),
        (r"one of (?P<names>.+)", "下列之一：{names}"),
        (r"each id once", "每个编号只出现一次"),
        (r"ids of companies", "企业编号"),
        (r"an end on or after the start", "止日不早于起日"),
        (r"an end after the start", "结束晚于开始"),
        (r"a target on the item's metric, (?P<metric>.+)", "与考核项同一指标 {metric} 的目标"),
        (r"every year of the horizon", "计划期内的每一年"),
        (r"days within (?P<start>\S+) to (?P<end>\S+)", "{start} 至 {end} 之内的日期"),
        (r"days within (?P<span>\S+)", "{span} 之内的日期"),
        (r"the later day as posted_to", "较晚的日期作 posted_to"),
        (r"at most the (?P<n>\S+) days of (?P<label>.+)", "不超过 {label} 的 {n} 天"),
        (r"at most the (?P<n>\S+) days at home of one leave", "不超过一次轮休的在家天数 {n}"),
        (
            r"at most the (?P<n>\S+) days in a row on which trips may run",
            "不超过可外出考察的连续天数 {n}",
        ),
        (r"at most the weight (?P<n>\S+)", "不超过分值 {n}"),
        (r"one amount for each bureau", "每个局一个金额"),
        (r"one for each of the (?P<n>\S+) leave periods", "{n} 个轮休期各一个"),
        (r"every assumption the simulation draws on", "仿真所用的每一项假设"),
        (r"0 or more", "0 或以上"),
        (r"0 or more, with a positive sum", "0 或以上，且总和为正"),
        (r"a probability from 0 to 1", "0 至 1 的概率"),
        (r"low <= mode <= high and low < high", "low <= mode <= high，且 low < high"),
        (r"one weight for each value", "每个值一个权重"),
        (r"at least one day at home", "至少在家一天"),
        (r"at least group_min, which is (?P<n>\S+)", "不小于 group_min（{n}）"),
        (
            r"at least min_days_between, which is (?P<n>\S+)",
            "不小于 min_days_between（{n}）",
        ),
        (
            r"at most group_max less group_min, which is (?P<n>\S+)",
            "不超过 group_max 减 group_min（{n}）",
        ),
        (r"'none' where same_host_unit is false", "same_host_unit 为 false 时只能是 'none'"),
        (r"a share for each period, with a positive sum", "每期一个份额，且总和为正"),
        (r"shares of 0 or more", "0 或以上的份额"),
        (r"days from 1 to 31", "1 至 31 的日期"),
        (
            r"a day up to the 15th and one after it, or none for the 1st and the 16th",
            "15 日及以前一天、以后一天；不填则为 1 日和 16 日",
        ),
        (r"weekday instead", "改用 weekday"),
        (r"rising starts, each once", "起点递增，各出现一次"),
        (r"each lower than the one before, best first", "从高到低，每等低于前一等"),
        (
            r"(?P<kind>'.+') on (?P<metric>'.+'), and neither without the other",
            "{kind} 只用于 {metric}，{metric} 也只用 {kind}",
        ),
        (r"0, a bonus stands outside the base", "0，加分项不计入基础分"),
        # remedies
        (r"rename one of them", "给其中一个改名"),
        (r"give the later day as end", "较晚的日期作 end"),
        (r"give the later time as end", "较晚的时间写在后面"),
        (r"add the year under calendar\.years", "在 calendar.years 下补上该年"),
        (r"leave it out for the whole horizon", "不写即为整个计划期"),
        (r"shorten the leave or lengthen the period", "缩短轮休或延长轮休期"),
        (
            r"shorten the trip or let trips run on any day",
            "缩短外出天数，或将 days 设为 any",
        ),
        (r"0 is an amount", "0 也是金额"),
        (r"add the company or remove the id", "补上该企业或删去此编号"),
        (r"reserve fewer or let groups be larger", "少留席位或放大团的规模"),
        (
            r"set same_host_unit to true, as a joint group has one host unit",
            "将 same_host_unit 设为 true：联合组团只有一个承接单位",
        ),
        (r"add it \((?P<meaning>.+)\)", "补上（{meaning}）"),
        (r"remove it, nothing reads it", "删去，没有任何计算用到它"),
        (r"sort the bands", "给各档排序"),
        (r"its cap says what it is worth", "其上限（cap）即其分值"),
        # a bare row of names
        (r"(?P<names>[\w-]+(?:, [\w-]+)+)", "{names}"),
    )
)
_MEANINGS = {known.meaning.en: known.meaning.zh for known in KNOWN.values()}


def in_both_languages(english: str) -> Text:
    """Return a phrase of a contradiction with its Chinese, or as it is where it has no shape."""
    for shape, chinese in _SHAPES:
        match = shape.fullmatch(english)
        if match is not None:
            return say(chinese.format(**_filled(match)), english)
    return same(english)


def has_chinese(english: str) -> bool:
    """Whether a phrase has a shape here, or is a value that needs none."""
    shaped = any(shape.fullmatch(english) for shape, _ in _SHAPES)
    return shaped or _BARE.fullmatch(english) is not None


def _filled(match: re.Match[str]) -> dict[str, str]:
    words = match.groupdict()
    for name, value in words.items():
        if name.startswith("names"):
            words[name] = "无" if value == "none" else value.replace(", ", "、")
    if "meaning" in words:
        words["meaning"] = _MEANINGS.get(words["meaning"], words["meaning"])
    return words

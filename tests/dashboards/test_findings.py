from __future__ import annotations

import re

import pytest

from dashboards.findings import said
from dashboards.texts import catalogue
from planner.audit import audit
from planner.plan import tables
from tests.dashboards.sample import plan_of

ENGLISH = re.compile(r"(?<![\w-])[a-z]{2,}(?![\w-]) [a-z]{2,}(?![\w-])")
"""Two words in a row."""


def test_english_stays_as_the_audit_wrote_it():
    words = "1 at post on each of 61 days"
    assert said(words, "en") == words


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("78", "78"),
        ("1 at post on each of 61 days", "61 天中每天在岗 1 人"),
        ("at most 2", "至多 2"),
        ("at most 455000 yuan", "至多 455000 元"),
        ("short on 2: 2023-01-02, 2023-01-03", "不足 2 天：2023-01-02，2023-01-03"),
        ("of beijing, at home on leave", "属beijing，轮休在家"),
        ("beijing-deputy, not at home on 0", "beijing-deputy，不在家 0 天"),
        ("principal-a as principal on a day", "principal-a（主要领导）接待一天"),
        ("principal-a as principal on 2023-03-22", "principal-a（主要领导）于 2023-03-22 接待"),
        ("spring-fair: somebody on each of 3 days", "spring-fair：3 天中每天有人参加"),
        ("first east-chief", "先轮到：east-chief"),
        ("2 of 10", "10 个中 2 个"),
    ],
)
def test_phrases_are_said_in_chinese(words, shown):
    assert said(words, "zh") == shown


def test_no_finding_of_a_plan_is_left_in_english(bole, minimal):
    for scenario in (bole, minimal):
        for finding in audit(scenario, tables(scenario, plan_of(scenario))):
            for words in (finding.required, finding.actual):
                left = re.findall(
                    r"(?<![\w-])[a-z]{2,}(?![\w-]) [a-z]{2,}(?![\w-])", said(words, "zh")
                )
                assert not left, (finding.rule, words, said(words, "zh"))


def test_an_id_that_holds_a_phrase_stays_whole():
    assert said("unit-blocked", "zh") == "unit-blocked"
    assert said("visits-fund-01 free", "zh") == "visits-fund-01空闲"


def test_every_phrase_is_found_again_in_its_own_english():
    english = catalogue("en").texts
    for key in (key for key in english if key.startswith("finding.")):
        values = {
            name: "7" if name in ("n", "m") else "x-1" for name in catalogue("en").places(key)
        }
        words = english[key].format(**values)
        assert not re.search(r"[a-z]{2,}", said(words, "zh").replace("visit_companies", "")), key

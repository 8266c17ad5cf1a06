from __future__ import annotations

import pytest

from dashboards import checks
from dashboards.checks import Check
from dashboards.labels import in_words, subject_labels
from dashboards.runs import read_run
from dashboards.texts import LANGS
from planner.audit import RULES, audit
from tests.dashboards.sample import plan_of


@pytest.fixture
def found(run_store):
    return checks.checks(read_run(run_store / "good").audit)


def test_what_is_violated_stands_first(found):
    verdicts = [check.verdict for check in found]
    assert verdicts == sorted(verdicts, key=checks.ORDER.index)
    assert set(verdicts) == set(checks.ORDER)


def test_nothing_the_audit_found_is_lost(found, minimal, minimal_tables):
    assert len(found) == len(audit(minimal, minimal_tables))
    counts = checks.by_rule(found)
    assert sum(count.violated + count.note + count.ok for count in counts) == len(found)
    assert sum(count.violated for count in counts) == checks.tally(found)["violated"] > 0


def test_rules_with_violations_lead_those_with_notes(found):
    counts = checks.by_rule(found)
    keys = [(-count.violated, -count.note) for count in counts]
    assert keys == sorted(keys)


@pytest.mark.parametrize("lang", LANGS)
def test_every_rule_of_the_audit_has_a_name_in_both_languages(lang):
    assert all(checks.rule_label(rule.id, lang) != rule.id for rule in RULES)
    assert checks.rule_label("of-a-later-audit", lang) == "of-a-later-audit"


def test_days_at_post_are_counted_for_each_person_and_period(found, minimal):
    presence = checks.presence(found)
    assert {check.subject for check in presence} == {person.id for _, person in minimal.persons}
    assert {check.period for check in presence} == {"2024-Q3"}
    # 92 days less a leave of 12, against three months of 26.
    assert [checks.spare(check) for check in presence] == [2, 2, 2, 2]


def test_too_few_days_at_post_are_negative():
    assert checks.spare(Check("presence", "", "x", "q", "78", "70", "violated")) == -8


def test_ids_in_a_finding_are_named_and_other_words_left_alone(minimal):
    labels = subject_labels(minimal, "en")
    assert in_words("2: east-chief, nobody", labels) == "2: East bureau, Chief, nobody"
    assert plan_of(minimal).leaves[0].person in labels

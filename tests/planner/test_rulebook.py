"""The rulebook: every rule the audit checks, in both languages, with numbers that exist."""

from __future__ import annotations

import re
from functools import reduce
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from planner.audit import RULES
from planner.conflicts import _RULES, OWED
from planner.rulebook import FAMILIES, rule_of, rulebook
from planner.starts import Family
from scenarios.model import Scenario


def test_the_rulebook_holds_the_rules_of_the_audit_and_no_others():
    assert sorted(rulebook()) == sorted(rule.id for rule in RULES)


def test_the_audit_says_clause_and_hardness_as_the_rulebook_does():
    for rule in RULES:
        assert (rule.clause, rule.hard) == (rule_of(rule.id).clause, rule_of(rule.id).hard)


@pytest.mark.parametrize("entry", rulebook().values(), ids=lambda entry: entry.id)
def test_every_rule_has_a_name_and_a_sentence_in_both_languages(entry):
    for text in (entry.name, entry.asks):
        assert re.search(r"[一-鿿]", text.zh)
        assert re.search(r"[A-Za-z]", text.en)
    assert entry.asks.zh.endswith("。")
    assert entry.asks.en.endswith(".")


def test_only_rules_about_the_form_of_tables_have_no_clause():
    assert {e.family for e in rulebook().values() if e.clause == "-"} == {"table"}


def test_every_family_has_a_rule():
    assert {entry.family for entry in rulebook().values()} == set(FAMILIES)


def _field(model: Any, name: str) -> Any:
    while get_origin(model) is not None:
        model = next(a for a in get_args(model) if a is not type(None))
    assert issubclass(model, BaseModel)
    return model.model_fields[name].annotation


@pytest.mark.parametrize("entry", rulebook().values(), ids=lambda entry: entry.id)
def test_the_numbers_of_a_rule_stand_in_the_scenario_where_it_says(entry):
    for path in entry.numbers:
        assert reduce(_field, path.split("."), Scenario)


def test_the_rules_that_the_planner_names_in_conflicts_are_in_the_rulebook():
    assert set(_RULES) == set(get_args(Family))
    assert {*_RULES.values(), OWED} <= set(rulebook())


def test_an_id_that_is_not_there_is_no_rule():
    with pytest.raises(KeyError):
        rule_of("no-such-rule")

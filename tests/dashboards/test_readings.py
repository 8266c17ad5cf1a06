from __future__ import annotations

import pytest

from dashboards import checks, readings
from dashboards.labels import person_labels
from dashboards.texts import catalogue, t
from planner.rulebook import rulebook
from scenarios.library import shipped
from scenarios.load import load_scenario
from tests.dashboards.test_app import opened, said

LANGS = ("zh", "en")


def test_every_reading_of_every_shipped_scenario_has_a_name_in_both_languages():
    for name in shipped():
        found = readings.policies(load_scenario(name))
        assert found
        for policy in found:
            assert policy.value in policy.allowed
            for lang in LANGS:
                keys = {f"choice.{policy.path}.{value}" for value in policy.allowed}
                assert keys <= set(catalogue(lang).texts)


def test_a_policy_says_the_reading_that_holds(minimal):
    rules = minimal.rules.model_copy(
        update={"presence": minimal.rules.presence.model_copy(update={"policy": "monthly-literal"})}
    )
    found = readings.policies(minimal.model_copy(update={"rules": rules}))
    (presence,) = (policy for policy in found if policy.path == "rules.presence.policy")
    assert presence.value == "monthly-literal"
    assert presence.clause == "五㈠"


def test_a_number_of_a_rule_is_read_with_its_unit(minimal):
    found = readings.setting(minimal, "rules.leave.length_days")
    assert found is not None
    assert (found.value, found.unit) == (minimal.rules.leave.length_days, "days")
    assert readings.setting(minimal, "rules.no.such") is None
    assert readings.setting(minimal, "organisation.leaders[].groups_per_month") is None


@pytest.fixture
def good(monkeypatch, run_store):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))


@pytest.mark.parametrize("lang", LANGS)
def test_the_overview_lists_every_rule_and_a_family_alone_when_asked(good, lang):
    caption = f"<caption>{t('app.rules.overview.title', lang)}"
    at = opened("rules", lang, run="good")
    (table,) = (e.value for e in at.html if caption in e.value)
    for entry in rulebook().values():
        assert entry.name.get(lang) in table.replace("&#x27;", "'")
    at.segmented_control(key="rules-family").select("leave").run()
    (table,) = (e.value for e in at.html if caption in e.value)
    for entry in rulebook().values():
        row = f'<th scope="row" class="text">{entry.name.get(lang)}</th>'
        assert (row in table.replace("&#x27;", "'")) == (entry.family == "leave")


@pytest.mark.parametrize("lang", LANGS)
def test_one_rule_shows_every_finding_of_it(good, lang, minimal):
    at = opened("rules", lang, run="good")
    at.selectbox(key="rules-rule").select(checks.PRESENCE).run()
    words = said(at)
    name = rulebook()[checks.PRESENCE].name.get(lang)
    caption = t("app.rules.one.caption", lang, rule=name)
    (table,) = (e.value for e in at.html if f"<caption>{caption}" in e.value)
    for title in person_labels(minimal, lang).values():
        assert title in table
    assert str(minimal.rules.presence.days_per_month) in words

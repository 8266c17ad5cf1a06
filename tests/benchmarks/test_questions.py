"""Disrupted instances: what happened, and the least change it takes, proven each time."""

from __future__ import annotations

import pytest

from benchmarks import questions
from benchmarks.questions import DISRUPTED, Row, city, known, published, replanned
from planner.audit import audit, violations
from planner.plan import tables
from scenarios.load import load_scenario

KNOWN = known(DISRUPTED)
PATIENT = {"big-company", "chief-replaced", "company-cancels"}
"""Proofs that take longer than all others together."""


def test_every_disrupted_instance_has_its_cost_on_record():
    stored = {path.stem for path in DISRUPTED.glob("*.json")} - {"published"}
    assert sorted(KNOWN) == sorted(stored)
    assert len(KNOWN) >= 6


def test_the_published_plan_is_one_of_the_shipped_city_and_passes_its_audit():
    shipped, plan = load_scenario("bole-2023"), published()
    assert plan.scenario_hash == shipped.content_hash
    assert violations(audit(shipped, tables(shipped, plan))) == ()
    assert plan.visits


@pytest.mark.parametrize(
    "name", [pytest.param(x, marks=[pytest.mark.long] * (x in PATIENT)) for x in KNOWN]
)
def test_a_disrupted_plan_is_made_again_at_the_least_cost_on_record(name):
    now, made = replanned(name)
    assert (made.cost, made.proven) == (KNOWN[name]["cost"], True)
    assert sum(change.cost for change in made.changes) == made.cost
    assert violations(audit(now, tables(now, made.plan))) == ()


@pytest.mark.parametrize("name", KNOWN)
def test_what_happened_breaks_the_published_plan_or_brings_somebody_new(name):
    """An instance in which the published plan could simply stand would prove nothing."""
    now, plan = city(DISRUPTED, name), published()
    broken = violations(audit(now, tables(now, plan)))
    newcomers = {c.id for c in now.companies} - {c.id for c in load_scenario("bole-2023").companies}
    assert broken or newcomers
    assert now.title.zh != load_scenario("bole-2023").title.zh


def test_a_missed_bar_fails_the_benchmark(monkeypatch, capsys):
    rows = [Row("one", "1 s", "<= 2 s", met=True), Row("other", "3 s", "<= 2 s", met=False)]
    monkeypatch.setattr(questions, "rows", lambda: iter(rows))
    assert questions.main() == 1
    said = capsys.readouterr().out
    assert "load" in said
    assert "| other | 3 s | <= 2 s | NO |" in said
    monkeypatch.setattr(questions, "rows", lambda: iter(rows[:1]))
    assert questions.main() == 0

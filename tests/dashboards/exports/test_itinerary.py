from __future__ import annotations

from dataclasses import replace

import pytest

from dashboards.exports.docx import word
from dashboards.exports.itinerary import itinerary
from dashboards.exports.paper import PageBreak, Paragraph, Table
from dashboards.exports.pdf import pdf
from dashboards.labels import subject_labels
from dashboards.runs import RunError
from dashboards.texts import LANGS
from tests.dashboards.exports.papers import BOLE_DAY, DAY, pages_of_pdf, texts_of_word
from tests.dashboards.sample import plan_of


def _tables(paper):
    return [block for block in paper.blocks if isinstance(block, Table)]


@pytest.mark.parametrize("lang", LANGS)
def test_a_group_has_its_companies_escort_leader_host_and_seats(lang, bole_run):
    visit = bole_run.plan.visits[0]
    labels = subject_labels(bole_run.scenario, lang)
    facts, companies, days = _tables(itinerary(bole_run, lang, BOLE_DAY, visit=visit.id))
    said = [cell.text for row in facts.rows for cell in row]
    assert visit.id in said
    assert labels[visit.escort] in said
    assert labels[visit.host_unit] in said
    assert any(text.startswith(labels[visit.leader]) for text in said)
    assert any(str(visit.seats) in text and str(len(visit.companies)) in text for text in said)
    assert [row[1].text for row in companies.rows] == [labels[x] for x in sorted(visit.companies)]
    assert len(days.rows) == visit.end - visit.start + 1


def test_the_leader_stands_on_the_day_of_the_reception_and_on_no_other(bole_run):
    visit = bole_run.plan.visits[0]
    leader = bole_run.scenario.leader(visit.leader).title.zh
    days = _tables(itinerary(bole_run, "zh", BOLE_DAY, visit=visit.id))[2]
    met = [i for i, row in enumerate(days.rows) if f"{leader}接待" in row[1].text]
    assert met == [visit.leader_day - visit.start]


def test_each_group_begins_a_page(good):
    paper = itinerary(good, "zh", DAY)
    n = len(good.plan.visits)
    assert n > 1
    assert sum(isinstance(block, PageBreak) for block in paper.blocks) == n - 1
    assert len(pages_of_pdf(pdf(paper))) == n


def test_a_run_without_visits_says_so(without_visits):
    paper = itinerary(without_visits, "zh", DAY)
    texts = [block.text for block in paper.blocks if isinstance(block, Paragraph)]
    assert "这份方案里没有组团考察。" in texts
    assert "这份方案里没有组团考察。" in list(texts_of_word(word(paper)))


def test_a_bureau_is_picked_and_an_unknown_group_refused(bole_run):
    own = [visit for visit in bole_run.plan.visits if visit.bureau == "wuhan"]
    paper = itinerary(bole_run, "zh", BOLE_DAY, bureau="wuhan")
    assert len(_tables(paper)) == 3 * len(own)
    with pytest.raises(RunError, match=own[0].id):
        itinerary(bole_run, "zh", BOLE_DAY, bureau="wuhan", visit="none")


def test_bureaus_that_come_together_are_named(written, minimal):
    rules = minimal.rules.model_validate({"visits": {"joint_groups": "allowed"}})
    scenario = minimal.model_copy(update={"rules": rules})
    plan = plan_of(scenario)
    first, second = (
        plan.visits[0],
        next(x for x in plan.visits if x.bureau != plan.visits[0].bureau),
    )
    together = tuple(
        replace(x, joint="joint-01") if x in (first, second) else x for x in plan.visits
    )
    run = written(scenario, replace(plan, visits=together))
    facts = _tables(itinerary(run, "zh", DAY, visit=first.id))[0]
    said = [cell.text for row in facts.rows for cell in row]
    assert scenario.bureau(second.bureau).name.zh in said
    assert scenario.bureau(first.bureau).name.zh not in said

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from rich.console import Console

from dashboards.exports.docx import word
from dashboards.exports.half_change import change
from dashboards.exports.half_facts import SOON_DAYS, VISIT_DAYS, Facts
from dashboards.exports.half_month import half_month
from dashboards.exports.half_progress import bureau_targets, city, conclusion
from dashboards.exports.half_statements import month_presence, quarter_presence
from dashboards.exports.half_todo import duties, todo, visits
from dashboards.exports.on_screen import show
from dashboards.exports.paper import Heading, Paragraph, Table
from dashboards.exports.pdf import pdf
from dashboards.format import bare_chance, count
from dashboards.nowcasts import made
from dashboards.texts import LANGS, t
from scenarios.faults import Fault
from scenarios.ledger.ledger import Remark
from scenarios.part import Text
from sim.demo import Noise, ledger_of
from sim.hidden import hidden_year
from tests.dashboards.exports.papers import pages_of_pdf, without_blanks

DAY = date(2024, 8, 10)
CJK = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


def facts_of(run, day, n=40):
    scenario = run.scenario
    year = hidden_year(scenario, run.plan, seed=3)
    ledger = ledger_of(scenario, run.plan, year, Noise())
    return Facts(run, ledger, day, made(run, ledger, day, n=n))


@pytest.fixture(scope="module")
def facts(good):
    return facts_of(good, DAY)


@pytest.fixture(scope="module")
def bole_facts(bole_run):
    return facts_of(bole_run, date(2023, 6, 30))


def headings(paper, level=1):
    return [x.text for x in paper.blocks if isinstance(x, Heading) and x.level == level]


def section(paper, key, **values):
    """Return the blocks under a heading of the first level."""
    title = t(f"halfmonth.section.{key}", paper.lang, **values)
    places = [i for i, x in enumerate(paper.blocks) if isinstance(x, Heading) and x.level == 1]
    for start, stop in pairwise([*places, len(paper.blocks)]):
        if paper.blocks[start].text.endswith(title):
            return paper.blocks[start + 1 : stop]
    raise AssertionError(title)


def without_remarks(facts):
    return replace(facts, ledger=replace(facts.known, faults=(), remarks=()))


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_sentence_counts_the_main_targets_by_their_odds(facts, lang):
    odds = [
        x["p"]
        for own in facts.told["bureaus"].values()
        for goal in facts.run.scenario.targets
        if goal.main
        for x in [own["targets"][goal.id]]
    ]
    first = section(half_month(facts, lang), "conclusion")[0].text
    said = sorted(
        int(n) for n in re.findall(r"\d+", first.split("，" if lang == "zh" else ",", 1)[1])
    )
    out, course = sum(p < 0.3 for p in odds), sum(p >= 0.8 for p in odds)
    bureaus = len(facts.bureaus)
    assert said == sorted([bureaus, len(odds), out, course, len(odds) - out - course])


def test_the_gap_is_what_the_middle_future_lacks(facts):
    own = facts.progress["east"]
    for x in own:
        quantiles = facts.told["bureaus"]["east"]["quantiles"].get(x.goal.target.metric)
        if quantiles is None:
            assert x.gap is None
        else:
            assert x.gap == max(0, x.goal.minimum - quantiles["p50"])
    main = [x for x in own if x.goal.target.main and x.gap]
    worst = max(main, key=lambda x: x.gap / x.goal.minimum)
    said = conclusion(facts, "en")[1]
    assert worst.goal.target.label.en in said.split(";")[0]


@pytest.mark.parametrize("lang", LANGS)
def test_a_bureaus_table_holds_ledger_nowcast_and_january(facts, lang):
    table = bureau_targets(facts, "east", lang)
    main = [x for x in facts.run.scenario.targets if x.main]
    assert len(table.rows) == len(main)
    place = [goal.id for goal in main].index("registered")
    row = [cell.text for cell in table.rows[place]]
    told = facts.told["bureaus"]["east"]
    odds, end = told["targets"]["registered"], told["quantiles"]["registered"]
    reached = facts.told["standing"]["east"]["registered"]
    assert row[1] == f"{count(reached)} / 1"
    assert row[4] == f"{count(end['p50'])} ({count(end['p10'])}–{count(end['p90'])})"
    assert row[5].endswith(bare_chance(odds["p"], odds["low"], odds["high"]))
    january = facts.run.forecast["bureaus"]["east"]["quantiles"].get("registered")
    if january is not None:
        assert row[3].startswith(count(january["p50"]))


def test_what_january_expected_grows_evenly_within_a_month(facts):
    fan = {"signed": [[10.0] * 5, [40.0, 0, 70.0, 0, 100.0], [100.0] * 5]}
    forecast = {"bureaus": {"east": {"fan_yuan": fan}}}

    class Told:
        scenario = facts.run.scenario
        has_forecast = True

    Told.forecast = forecast
    at = {day: replace(facts, run=Told, as_of=day) for day in (date(2024, 8, 31), DAY)}
    assert at[date(2024, 8, 31)].by_now("signed", "east") == (40.0, 70.0, 100.0)
    part = 10 / 31
    expected = tuple(10 + part * (x - 10) for x in (40, 70, 100))
    assert at[DAY].by_now("signed", "east") == pytest.approx(expected)


def test_leader_inspections_are_counted_by_the_leaders_tier(bole_facts):
    city_ = {x.goal.target.metric: x.reached for x in bole_facts.progress["wuhan"]}
    assert city_["inspections"] == (city_["inspections_principal"] + city_["inspections_deputy"])
    assert sum(
        x.reached
        for own in bole_facts.progress.values()
        for x in own
        if x.goal.target.metric == "inspections"
    )


def test_groups_are_announced_for_thirty_days_and_no_more(bole_facts):
    table = bole_facts.run.table("visits")
    day = date.fromisoformat(table["start"].min()) - timedelta(days=10)
    facts = replace(bole_facts, as_of=day)
    last = (day + timedelta(days=VISIT_DAYS)).isoformat()
    inside = table[(table["start"] <= last) & (table["end"] > day.isoformat())]
    assert [x["visit"] for x in visits(facts, None)] == inside["visit"].tolist()
    assert 0 < len(inside) < len(table)


def test_duties_of_the_plan_are_named_up_to_the_half_month(bole_facts):
    plan = bole_facts.run.table("obligations")
    day = date.fromisoformat(plan["date"].min()) - timedelta(days=2)
    facts = replace(bole_facts, as_of=day)
    last = (day + timedelta(days=SOON_DAYS)).isoformat()
    soon = plan[(plan["date"] > day.isoformat()) & (plan["date"] <= last)]
    named = 0
    for bureau in facts.bureaus:
        due = soon[soon["bureau"] == bureau]
        said = " ".join(duties(facts, bureau, "en"))
        days = sorted({f"{date.fromisoformat(x):%-d %b}" for x in due["date"]})
        assert all(x in said for x in days), (bureau, said)
        named += len(days)
    assert named


def test_tasks_begin_with_what_is_overdue(bole_facts):
    late = [x for x in bole_facts.late if x.bureau]
    assert late, "the demo ledger holds nothing that is overdue"
    tasks = todo(bole_facts, late[0].bureau, "en")
    assert tasks[0].startswith(("answer overdue", "make up"))


def test_why_it_changed_adds_up_in_the_table(facts):
    steps = [
        {"step": x, "yuan": y, "interval": [y - 1e6, y + 1e6]}
        for x, y in zip(
            ("luck", "facts", "parameters", "plan"), (3e8, -1e8, 0.5e8, 0.0), strict=True
        )
    ]
    one = {"signed_yuan": {"before": 1e8, "after": 3.5e8, "steps": steps}}
    bureaus = dict.fromkeys(facts.bureaus, one)
    told = {**facts.told, "revision": {"since": "2024-07-31", "all": one, "bureaus": bureaus}}
    note, table = change(replace(facts, told=told), "zh")
    assert "2024年7月31日" in note.text
    first = [cell.text for cell in table.rows[0]]
    figures = [float(re.match(r"[+-]?[\d.]+", x)[0]) for x in first[1:]]
    assert figures[0] + sum(figures[1:5]) == pytest.approx(figures[5], abs=0.011)
    assert first[2] == "+3.00 (±0.01)"


def test_without_reasons_the_means_are_told_apart(facts):
    told = {k: v for k, v in facts.told.items() if k != "revision"}
    spread = told["bureaus"]["east"]["quantiles"]["signed_yuan"]
    more = {**spread, "mean": spread["mean"] + 5e6}
    east = {**told["bureaus"]["east"]}
    east["quantiles"] = {**east["quantiles"], "signed_yuan": more}
    now = {**told, "bureaus": {**told["bureaus"], "east": east}}
    before = {**told, "as_of": "2024-07-31"}
    (said,) = change(replace(facts, told=now, before=before), "en")
    names = {x.id: x.city.en for x in facts.run.scenario.organisation.bureaus}
    assert f"{names['east']} CNY 5.00 m more" in said.text
    assert f"{names['south']} unchanged" in said.text


def test_with_nothing_earlier_it_says_so(facts, planned):
    told = {k: v for k, v in facts.told.items() if k != "revision"}
    (said,) = change(replace(facts, run=planned, told=told), "en")
    assert said.text == t("halfmonth.change.first", "en")


def test_a_run_without_forecast_is_told_to_have_none(facts, planned):
    paper = half_month(replace(facts, run=planned), "en")
    assert any(t("halfmonth.no-january", "en") in line for line in paper.lines())


def test_rows_that_do_not_count_are_told_first(facts):
    nothing = without_remarks(facts)
    assert not [x for x in half_month(nothing, "en").blocks if "oddities" in getattr(x, "text", "")]
    said = Text(zh="某", en="some")
    entries = facts.ledger.tables["leads"]["entry"].tolist()
    remarks = (
        Remark("leads", entries[0], "duplicate", used=False, said=said),
        Remark("leads", entries[1], "back-dated", used=True, said=said),
    )
    fault = Fault("leads.csv:3", said, said, said) if Fault.__slots__ else None
    ledger = replace(facts.known, remarks=remarks, faults=(fault,))
    blocks = half_month(replace(facts, ledger=ledger), "en").blocks
    alerts = [x.text for x in blocks if isinstance(x, Paragraph) and x.kind == "alert"]
    assert t("halfmonth.faults", "en", n=1) in alerts
    assert t("halfmonth.synthetic", "en") in alerts
    real = replace(facts, ledger=replace(ledger, note=""))
    assert t("halfmonth.synthetic", "en") not in [
        x.text for x in half_month(real, "en").blocks if isinstance(x, Paragraph)
    ]
    assert t("halfmonth.remarks", "en", n=2, unused=1) in alerts


def test_longer_variants_add_statements(facts):
    found = {
        variant: headings(half_month(facts, "zh", variant))
        for variant in ("half-month", "month", "quarter")
    }
    assert [len(x) for x in found.values()] == [6, 8, 10]
    assert found["quarter"][7] == "八、在岗情况（2024-Q3）"
    assert found["month"][7] == "八、在岗情况（2024-08）"


def test_presence_is_told_of_every_person_with_the_policys_verdict(facts):
    persons = [person.id for _, person in facts.run.scenario.persons]
    for table in (month_presence(facts, "en"), quarter_presence(facts, "en")):
        assert len(table.rows) == len(persons)
        assert all("/ 78" in row[-1].text for row in table.rows)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("variant", ["half-month", "quarter"])
def test_the_same_facts_give_the_same_bytes(facts, lang, variant):
    again = replace(facts)
    for write in (word, pdf):
        assert write(half_month(facts, lang, variant)) == write(half_month(again, lang, variant))


def test_english_holds_no_chinese_but_the_companies_of_the_ledger(facts):
    text = "\n".join(half_month(facts, "en", "quarter").lines())
    assert not CJK.search(text.replace("示例企业", ""))


@pytest.mark.parametrize("lang", LANGS)
def test_no_id_stands_where_a_name_belongs(facts, lang):
    companies = [x.company for x in facts.leads] + [x.company for x in facts.late if x.company]
    text = "\n".join(half_month(without_remarks(facts), lang, "quarter").lines())
    for company in companies:
        text = text.replace(company, "")
    scenario = facts.run.scenario
    ids = [person.id for _, person in scenario.persons] + list(facts.bureaus)
    found = [x for x in ids if re.search(rf"(?<![\w-]){x}(?![\w-])", text)]
    assert found == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_city_has_two_pages_and_each_bureau_half_a_page(bole_facts, lang):
    pages = [without_blanks(x) for x in pages_of_pdf(pdf(half_month(bole_facts, lang)))]
    bureaus = [
        without_blanks(x.name.get(lang)) for x in bole_facts.run.scenario.organisation.bureaus
    ]
    assert len(pages) == 4
    assert without_blanks(t("halfmonth.section.bureaus", lang)) in pages[2]
    assert [next(i for i, page in enumerate(pages) if name in page) for name in bureaus] == [
        2,
        2,
        3,
        3,
    ]


def test_the_screen_tells_what_the_paper_tells(facts):
    paper = half_month(facts, "en", "quarter")
    console = Console(record=True, width=1000, file=io.StringIO())
    show(paper, console)
    said = without_blanks(re.sub(r"[─│┌┐└┘├┤┬┴┼]", "", console.export_text()))
    for block in paper.blocks:
        match block:
            case Heading() | Paragraph():
                assert without_blanks(block.text) in said
            case Table():
                cells = [cell.text for row in block.rows for cell in row if "\n" not in cell.text]
                assert [x for x in cells if without_blanks(x) not in said] == []


def test_a_city_with_more_main_targets_than_fit_gets_more_tables(bole_facts):
    goals = [x for x in bole_facts.run.scenario.targets if x.main]
    assert [len(x.head) for x in city(bole_facts, "en")] == [1 + len(goals) + 1]

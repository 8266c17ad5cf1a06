from __future__ import annotations

import re

import pytest

from dashboards import checks, figures
from dashboards.exports.workbook import grid, workbook
from dashboards.exports.workbook.attendance import SHIFTS
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.sheet import FIRST
from dashboards.labels import bureau_labels, person_labels
from dashboards.texts import t
from tests.dashboards.exports.reading import opened, sheet, table
from tests.dashboards.test_texts import CJK

LANGS = ("zh", "en")


@pytest.fixture(scope="module")
def books(contents):
    return {lang: opened(contents[lang]) for lang in LANGS}


@pytest.fixture(scope="module")
def zh(books):
    return books["zh"]


def letters(lang):
    return {status: t(f"app.letter.{status}", lang) for status in SHIFTS}


def month_pages(book, run, lang="zh"):
    drawn = Book(run, lang)
    return [(m, book[grid.month_name(drawn, m)]) for m in run.scenario.days.months]


def test_months_hold_every_day_of_the_calendar(zh, good):
    status = {(r["person"], r["date"]): r["status"] for r in rows(good, "calendar")}
    seen = 0
    for month, page in month_pages(zh, good):
        for i, (_, person) in enumerate(good.scenario.persons):
            for j, index in enumerate(month.days):
                date = good.scenario.days.date_of(index).isoformat()
                cell = page.cell(grid.FIRST_ROW + 1 + i, grid.FIRST_DAY + 1 + j)
                assert cell.value == letters("zh")[status[person.id, date]]
                seen += 1
    assert seen == len(status)


def test_counters_hold_what_their_formulas_count(zh, contents, good):
    formulas = opened(contents["zh"], formulas=True)
    for month, page in month_pages(zh, good):
        behind = formulas[page.title]
        for i in range(len(good.scenario.persons)):
            row = grid.FIRST_ROW + 1 + i
            own = [page.cell(row, grid.FIRST_DAY + 1 + j).value for j in range(month.n_days)]
            for k, status in enumerate(grid.STATUSES):
                column = grid.FIRST_DAY + 1 + month.n_days + k
                assert behind.cell(row, column).value.startswith("=COUNTIF(")
                assert page.cell(row, column).value == own.count(letters("zh")[status])


def test_the_year_shows_the_months(zh, contents, good):
    page, behind = sheet(zh, "year"), sheet(opened(contents["zh"], formulas=True), "year")
    status = {(r["person"], r["date"]): r["status"] for r in rows(good, "calendar")}
    top = 4
    for band in good.scenario.days.periods(3):
        for i, (_, person) in enumerate(good.scenario.persons):
            for index in band.days:
                column = grid.FIRST_DAY + 1 + index - band.start
                date = good.scenario.days.date_of(index).isoformat()
                at = page.cell(top + 4 + i, column)
                assert at.value == letters("zh")[status[person.id, date]]
                assert "!" in behind.cell(top + 4 + i, column).value
        top += 4 + len(good.scenario.persons)


def test_a_holiday_and_a_make_up_day_stand_out(bole, tmp_path):
    from tests.dashboards.exports.workbook.conftest import stored

    run = stored(tmp_path / "bole", bole, forecast=False)
    book = opened(workbook(run, "zh"))
    january = book["1月"]
    head = [january.cell(grid.FIRST_ROW - 1, grid.FIRST_DAY + i) for i in range(1, 32)]
    fills = {
        c.value: (c.fill.fill_type, c.fill.start_color.rgb, c.fill.end_color.rgb) for c in head
    }
    assert "28▼" in fills
    assert fills["23"] == ("gray0625", "FFD9B83A", "FFFFF6CF")
    assert fills["14"] != fills["11"] != fills["23"]


def test_statistics_count_the_year_and_hold_it_against_the_audit(zh, good):
    page = sheet(zh, "statistics")
    names = person_labels(good.scenario, "zh")
    counts = {}
    for row in rows(good, "calendar"):
        key = names[row["person"]], row["status"]
        counts[key] = counts.get(key, 0) + 1
    totals = table(page, FIRST + 1)
    assert [row[1] for row in totals] == list(names.values())
    for row in totals:
        own = [counts.get((row[1], status), 0) for status in grid.STATUSES]
        assert list(row[2:]) == [*own, sum(own)]
    owed = table(page, FIRST + 1 + len(totals) + 3)
    found = checks.presence(checks.checks(good.audit))
    assert len(owed) == len(found)
    by_place = {(names[x.subject], x.period): x for x in found}
    for _, person, period, required, actual, margin, verdict in owed:
        check = by_place[person, period]
        assert (str(required), str(actual)) == (check.required, check.actual)
        assert margin == checks.spare(check)
        assert verdict == t(f"app.verdict.{check.verdict}", "zh")


def test_leaves_are_those_of_the_run(zh, good):
    names = person_labels(good.scenario, "zh")
    shown = table(sheet(zh, "leaves"))
    wanted = rows(good, "leaves")
    assert [row[1:5] for row in shown] == [
        (names[x["person"]], x["period"], x["start"], x["end"]) for x in wanted
    ]
    assert {row[5] for row in shown} == {good.scenario.rules.leave.length_days}
    assert [row[6] for row in shown] == [x["clearing_date"] for x in wanted]


def test_visits_name_who_comes_who_escorts_who_receives_and_the_seats(zh, good):
    scenario = good.scenario
    persons = person_labels(scenario, "zh")
    names = {company.id: company.name.zh for company in scenario.companies}
    of = {}
    for row in rows(good, "visit_companies"):
        of.setdefault(row["visit"], []).append(names[row["company"]])
    shown = table(sheet(zh, "visits"))
    assert len(shown) == len(of) > 0
    for row, visit in zip(shown, rows(good, "visits"), strict=True):
        own = of[visit["visit"]]
        assert row[0] == visit["visit"]
        assert row[2:4] == (visit["start"], visit["end"])
        assert row[5] == persons[visit["escort"]]
        assert row[6] == scenario.leader(visit["leader"]).title.zh
        assert row[8] == visit["leader_day"]
        assert row[10] == scenario.host_unit(visit["host_unit"]).name.zh
        assert row[11] == "、".join(own)
        assert row[12:] == (visit["seats"], len(own), visit["seats"] - len(own))
    listed = table(sheet(zh, "companies"))
    assert [(row[0], row[2]) for row in listed] == [
        (row["visit"], names[row["company"]]) for row in rows(good, "visit_companies")
    ]


def test_unplaced_companies_have_a_reason_and_an_alternative(zh, good):
    shown, wanted = table(sheet(zh, "unplaced")), rows(good, "unplaced")
    assert len(shown) == len(wanted) > 0
    for row, own in zip(shown, wanted, strict=True):
        unit, _, date = own["alternative"].partition(" ")
        assert row[2] == t(f"workbook.reason.{own['reason']}", "zh")
        assert row[3:5] == (good.scenario.host_unit(unit).name.zh, date)


def test_every_reason_and_kind_has_words():
    from typing import get_args, get_type_hints

    from planner.plan import Kind, Unplaced

    for lang in LANGS:
        for reason in get_args(get_type_hints(Unplaced)["reason"]):
            assert t(f"workbook.reason.{reason}", lang)
        for kind in get_args(Kind):
            assert t(f"workbook.kind.{kind}", lang)


def test_duties_are_those_of_the_run(zh, good):
    shown, wanted = table(sheet(zh, "obligations")), rows(good, "obligations")
    assert [row[0] for row in shown] == [x["date"] for x in wanted]
    assert {row[2] for row in shown} == {t(f"workbook.kind.{x['kind']}", "zh") for x in wanted}


def test_the_audit_is_whole_and_counted(zh, good):
    page = sheet(zh, "audit")
    shown = table(page, FIRST + 3)
    found = checks.checks(good.audit)
    words = [t(f"app.verdict.{x.verdict}", "zh") for x in found]
    assert [row[0] for row in shown] == words
    counted = [page.cell(FIRST + 2, i + 1).value for i in range(3)]
    assert counted == [words.count(t(f"app.verdict.{x}", "zh")) for x in checks.ORDER]
    assert page.auto_filter.ref


def test_odds_are_those_of_the_forecast(zh, good):
    shown = table(sheet(zh, "odds"))
    wanted = figures.target_odds(good.scenario, good.forecast)
    assert len(shown) == len(wanted)
    for row, entry in zip(shown, wanted, strict=True):
        assert row[0] == entry.target.label.zh
        assert row[2] == entry.minimum
        odds = entry.odds
        assert row[5:10] == pytest.approx((odds.p, odds.low, odds.high, odds.k, odds.n))
        assert row[10] == t(f"app.outlook.{odds.outlook}", "zh")
    page = sheet(zh, "odds")
    joint = figures.joint_odds(good.scenario, good.forecast, "zh")
    first = FIRST + len(shown) + 5
    assert [page.cell(first + i, 1).value for i in range(len(joint))] == [x for x, _ in joint]
    assert [page.cell(first + i, 6).value for i in range(len(joint))] == pytest.approx(
        [odds.p for _, odds in joint]
    )


def test_quantiles_and_curves_are_those_of_the_forecast(zh, good):
    shown = table(sheet(zh, "curves"))
    names = {bureau.name.zh: bureau.id for bureau in good.scenario.organisation.bureaus}
    metrics = {
        t(f"metric.{x}", "zh"): x
        for x in ("signed_yuan", "funds_yuan", "registered", "inspections")
    }
    assert len(shown) == len(names) * len(metrics)
    for row in shown:
        own = good.forecast["bureaus"][names[row[1]]]["quantiles"][metrics[row[0]]]
        assert row[3:7] == pytest.approx(tuple(own[x] for x in ("p10", "p50", "p90", "mean")))
    points = table(sheet(zh, "points"))
    labels = list(bureau_labels(good.scenario, "zh").values())
    frame = figures.exceedance(good.scenario, good.outcomes, "signed_yuan", "zh")
    own = frame[frame["bureau"] == labels[0]]
    curve = points[: len(own)]
    assert [row[0] for row in curve] == pytest.approx(own["yuan"].tolist())
    assert [row[1] for row in curve] == pytest.approx([x / 1e8 for x in own["yuan"]])
    assert [row[2] for row in curve] == pytest.approx(own["share"].tolist())


def test_scores_stand_under_each_reading(zh, good):
    shown = table(sheet(zh, "scores"))
    order = figures.reading_order(good.scenario, good.forecast)
    bureaus = good.scenario.organisation.bureaus
    assert len(shown) == len(order) * len(bureaus)
    places = [(b.id, reading) for b in bureaus for reading in order]
    for row, (bureau, reading) in zip(shown, places, strict=True):
        own = good.forecast["score"]["readings"][reading][bureau]
        assert row[1] == figures.reading_label(reading, "zh")
        assert row[2:6] == pytest.approx(tuple(own[x] for x in ("p10", "p50", "p90", "mean")))


def test_the_import_table_is_the_calendar_in_numbers(zh, good):
    page = sheet(zh, "attendance")
    head = [cell.value for cell in page[1]]
    assert head[4:] == [str(i) for i in range(1, 32)]
    shifts = {}
    for row in page.iter_rows(min_row=2, values_only=True):
        for i, value in enumerate(row[4:]):
            if value is not None:
                shifts[row[1], f"{row[0][:4]}-{row[0][4:]}-{i + 1:02d}"] = value
    wanted = {(x["person"], x["date"]): SHIFTS[x["status"]] for x in rows(good, "calendar")}
    assert shifts == wanted
    assert page["B2"].number_format == "@"
    assert SHIFTS["leave"] == 0


@pytest.mark.parametrize("lang", LANGS)
def test_the_cover_says_what_must_be_known_and_lists_every_sheet(books, good, lang):
    cover = books[lang].worksheets[0]
    words = "\n".join(str(c.value) for row in cover for c in row if c.value is not None)
    assert good.scenario.synthetic_note.get(lang) in words
    assert good.head.plan_hash in words
    assert t("workbook.level", lang) in words
    assert "n = 400" in words
    linked = [cell.hyperlink for row in cover for cell in row if cell.hyperlink]
    links = {link.location.split("!")[0].strip("'") for link in linked}
    own = {page.title for page in books[lang] if page.sheet_state == "visible"} - {cover.title}
    months = {page.title for _, page in month_pages(books[lang], good, lang)[1:]}
    assert links == own - months


def test_what_never_or_always_happened_is_no_bare_zero_or_one(zh, good):
    page = sheet(zh, "odds")
    n = len(figures.target_odds(good.scenario, good.forecast))
    for row in page.iter_rows(min_row=FIRST + 2, max_row=FIRST + 1 + n):
        assert row[5].number_format == '[=0]"–";[=1]"–";0.00%'
        assert isinstance(row[4].value, str)


def test_english_holds_no_chinese_but_sources_and_clauses(books, good):
    kept = {item.source for item in good.scenario.assumptions.items}
    kept |= set(good.audit["clause"])
    for page in books["en"]:
        assert not CJK.search(page.title)
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value not in kept:
                    assert not CJK.search(cell.value), (page.title, cell.coordinate, cell.value)


@pytest.mark.parametrize("lang", LANGS)
def test_nobody_and_nothing_goes_by_an_id(books, good, lang):
    home = good.scenario.organisation
    ids = {person.id for _, person in good.scenario.persons}
    ids |= {c.id for c in good.scenario.companies} | {x.id for x in home.host_units}
    ids |= set(grid.STATUSES) - {t(f"status.{x}", lang) for x in grid.STATUSES}
    ids = {x for x in ids if "-" in x or lang == "zh"}
    kept = {item.source for item in good.scenario.assumptions.items}
    for page in books[lang]:
        if page.title in (t("workbook.attendance.tab", lang), "_meta"):
            continue
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value not in kept:
                    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", cell.value))
                    assert not words & ids, (page.title, cell.coordinate, cell.value)


def test_chinese_holds_no_english_sentence(zh, good):
    kept = {item.source for item in good.scenario.assumptions.items}
    for page in zh:
        if page.title == "_meta":
            continue
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value not in kept:
                    said = re.findall(r"[A-Za-z]{2,} [A-Za-z]{2,}", cell.value)
                    assert not said, (page.title, cell.coordinate, cell.value)


def rows(run, name):
    return run.table(name).to_dict("records")

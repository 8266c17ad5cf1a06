from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from dashboards.texts import t
from dashboards.wallchart import wall_chart
from planner.plan import tables
from tests.dashboards.sample import plan_of

NS = "{http://www.w3.org/2000/svg}"
CJK = re.compile(r"[\u4e00-\u9fff]")


def drawn(scenario, frames, lang="zh"):
    return ET.fromstring(wall_chart(scenario, frames, lang, plan="0123456789ab"))


def rebuilt(scenario, organisation):
    """The scenario with another organisation: a copy would keep what was derived from the old."""
    return type(scenario).model_validate({**scenario.model_dump(), "organisation": organisation})


def box(element):
    rect = element.find(f"{NS}rect")
    return tuple(float(rect.get(key)) for key in ("x", "width"))


def groups(root, kind):
    return [g for g in root.iter(f"{NS}g") if g.get("class") == kind]


def words(root):
    return [element.text for element in root.iter(f"{NS}text")]


@pytest.fixture(scope="module")
def bole_tables(bole):
    return tables(bole, plan_of(bole))


@pytest.mark.parametrize("name", ["minimal", "bole"])
def test_each_leave_is_drawn_on_its_days(name, request):
    scenario, frames = request.getfixturevalue(name), request.getfixturevalue(f"{name}_tables")
    root = drawn(scenario, frames)
    months = {g.get("data-month"): box(g) for g in groups(root, "month")}
    sizes = {month.label: month.n_days for month in scenario.days.months}
    leaves = groups(root, "leave")
    assert len(leaves) == len(frames["leaves"]) > 0
    for leave in leaves:
        start, end = (date.fromisoformat(leave.get(f"data-{key}")) for key in ("start", "end"))
        month = f"{start:%Y-%m}"
        left, width = months[month]
        per_day = width / sizes[month]
        assert box(leave) == pytest.approx(
            (left + (start.day - 1) * per_day, ((end - start).days + 1) * per_day), abs=0.02
        )


def test_each_leave_stands_in_its_persons_row_with_both_dates(minimal, minimal_tables):
    root = drawn(minimal, minimal_tables)
    rows = {g.get("data-person"): g for g in groups(root, "row")}
    for leave in minimal_tables["leaves"].itertuples():
        cell = next(g for g in groups(rows[leave.person], "leave"))
        start, end = date.fromisoformat(leave.start), date.fromisoformat(leave.end)
        assert words(cell) == ["休", f"{start.month}/{start.day}", f"{end.month}/{end.day}"]


def test_visits_lie_over_their_leave_and_say_how_many_companies_come(bole, bole_tables):
    root = drawn(bole, bole_tables)
    sizes = bole_tables["visit_companies"].groupby("visit").size()
    visits = groups(root, "visit")
    assert len(visits) == len(bole_tables["visits"]) > 4
    for visit in visits:
        row = next(r for r in groups(root, "row") if visit in list(r))
        left, width = box(visit)
        around = [box(leave) for leave in groups(row, "leave")]
        assert any(x - 0.02 <= left and left + width <= x + w + 0.02 for x, w in around)
        assert list(row).index(visit) > max(list(row).index(g) for g in groups(row, "leave"))
        assert words(visit) == [f"考{sizes[visit.get('data-visit')]}"]


def test_two_visits_in_one_leave_have_labels_side_by_side(bole, bole_tables):
    first = bole_tables["visits"].iloc[[0]]
    start = date.fromisoformat(first["start"].item()) + timedelta(days=3)
    second = first.assign(visit="w01", start=str(start), end=str(start + timedelta(days=2)))
    visits = pd.concat([bole_tables["visits"], second], ignore_index=True)
    root = drawn(bole, {**bole_tables, "visits": visits})
    row = next(r for r in groups(root, "row") if r.get("data-person") == first["escort"].item())
    labels = sorted(
        tuple(float(g.findall(f"{NS}rect")[-1].get(key)) for key in ("x", "width"))
        for g in groups(row, "visit")
    )
    assert len(labels) == 5
    assert all(x + width <= after for (x, width), (after, _) in pairwise(labels))
    assert min(float(e.get("font-size")) for e in root.iter(f"{NS}text")) >= 30


def test_days_at_post_and_days_away_make_up_the_horizon(minimal, minimal_tables):
    root = drawn(minimal, minimal_tables)
    days = sum(int(g.get("data-last")) - int(g.get("data-first")) + 1 for g in groups(root, "days"))
    assert days == len(minimal.persons) * minimal.days.n_days


def test_holidays_closures_and_make_up_days_are_marked(minimal, minimal_tables):
    root = drawn(minimal, minimal_tables)
    marked = {"holiday": set(), "closure": set(), "make_up": set()}
    for mark in groups(root, "mark"):
        first, last = int(mark.get("data-first")), int(mark.get("data-last"))
        marked[mark.get("data-kind")] |= set(range(first, last + 1))
    days = minimal.days
    assert marked["holiday"] == {d for d, key in enumerate(days.holiday) if key}
    assert marked["closure"] == {d for d, key in enumerate(days.closed) if key}
    assert marked["make_up"] == {d for d, here in enumerate(days.make_up) if here}
    assert all(marked.values())
    assert "全市大会" in words(root)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_legend_names_every_status_by_letter_and_word(minimal, minimal_tables, lang):
    legend = words(groups(drawn(minimal, minimal_tables, lang), "legend")[0])
    for status in ("post", "travel", "leave", "escort", "absent"):
        assert t(f"app.letter.{status}", lang) in legend
        assert t(f"status.{status}", lang) in legend


def test_statuses_differ_by_pattern_as_well_as_by_colour(minimal, minimal_tables):
    legend = groups(drawn(minimal, minimal_tables), "legend")[0]
    looks = [rect.get("fill") for rect in legend.iter(f"{NS}rect") if rect.get("fill") != "none"]
    patterns = [look for look in looks if look.startswith("url(#")]
    assert len(patterns) == len(set(patterns)) == 5
    assert all(re.fullmatch(r"url\(#p-[a-z]+-[0-9a-f]{6}\)", look) for look in patterns)


def test_every_pattern_used_is_defined(bole, bole_tables):
    svg = wall_chart(bole, bole_tables, "en", plan="x")
    assert set(re.findall(r"url\(#([\w-]+)\)", svg)) <= set(
        re.findall(r'pattern id="([\w-]+)"', svg)
    )


def test_texts_are_escaped(minimal, minimal_tables):
    awkward = "<b>&\"'</b>]]>"
    organisation = minimal.organisation.model_dump()
    organisation["bureaus"][0]["persons"][0]["title"] = {"zh": awkward, "en": awkward}
    assert awkward in words(drawn(rebuilt(minimal, organisation), minimal_tables))


@pytest.mark.parametrize("name", ["minimal", "bole"])
def test_english_holds_no_chinese(name, request):
    scenario, frames = request.getfixturevalue(name), request.getfixturevalue(f"{name}_tables")
    root = drawn(scenario, frames, "en")
    assert [text for text in root.itertext() if CJK.search(text)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_has_a_name_a_description_and_a_language(minimal, minimal_tables, lang):
    root = drawn(minimal, minimal_tables, lang)
    home = minimal.organisation.home.get(lang)
    assert root.get("role") == "img"
    assert root.get("lang") == lang
    assert root.get("aria-label") == t("app.wall.title", lang, home=home)
    assert str(len(minimal.persons)) in root.find(f"{NS}desc").text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["minimal", "bole"])
def test_no_text_is_smaller_than_three_millimetres_on_a3(name, lang, request):
    scenario, frames = request.getfixturevalue(name), request.getfixturevalue(f"{name}_tables")
    root = drawn(scenario, frames, lang)
    assert min(float(element.get("font-size")) for element in root.iter(f"{NS}text")) >= 30


def test_eight_persons_fit_a3_landscape(bole, bole_tables):
    root = drawn(bole, bole_tables)
    _, _, width, height = map(float, root.get("viewBox").split())
    assert (width, height) == (4200, pytest.approx(2970, abs=0.02))


def test_more_persons_make_the_sheet_longer_instead_of_their_rows_unreadable(bole, bole_tables):
    organisation = bole.organisation.model_dump()
    person = organisation["bureaus"][0]["persons"][0]
    organisation["bureaus"][0]["persons"] = [{**person, "id": f"p{i}"} for i in range(40)]
    crowded = rebuilt(bole, organisation)
    root = drawn(crowded, tables(crowded, plan_of(crowded)))
    assert len(groups(root, "row")) == 46
    assert float(root.get("viewBox").split()[3]) > 46 * 130


def test_predicted_holidays_and_invented_data_are_said_on_the_sheet(minimal, minimal_tables):
    years = tuple(
        year.model_copy(update={"status": "predicted"}) for year in minimal.calendar.years
    )
    calendar = minimal.calendar.model_copy(update={"years": years})
    said = " ".join(words(drawn(minimal.model_copy(update={"calendar": calendar}), minimal_tables)))
    assert "预测" in said
    assert "虚构" in said
    assert "年法定节假日" not in " ".join(words(drawn(minimal, minimal_tables)))


def test_the_same_tables_give_the_same_bytes(minimal, minimal_tables):
    once, again = (wall_chart(minimal, minimal_tables, "zh", plan="x") for _ in range(2))
    assert once == again

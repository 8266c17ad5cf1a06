"""Loading scenarios, and what is said about bad ones."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from scenarios.faults import ScenarioError
from scenarios.library import shipped, shipped_file
from scenarios.load import load_scenario
from tests.scenarios.broken import KINDS, WINDOWS, row, table, write_broken, write_scenario

SAID = {
    "unknown-key": "scenario.yaml line 3, rules.leave.lenght_days: found the unknown key "
    "'lenght_days'; allowed: the keys length_days, ",
    "missing-table": "scenario.yaml line 3, companies: found no file 'companies.csv'; allowed: a "
    "CSV file beside scenario.yaml",
    "duplicate-id": "scenario.yaml line 5: found the id 'events' twice (first in line 4); allowed: "
    "each id once in a list; rename one of them",
    "person-without-bureau": "scenario.yaml line 4, persons[lost].bureau: found a person posted to "
    "no bureau; allowed: one of the bureaus east, south",
    "trip-over-weekends": "scenario.yaml line 3, rules.leader_trips.length_days: found 9 days; "
    "allowed: at most the 6 days in a row on which trips may run; "
    "shorten the trip or let trips run on any day",
    "leave-longer-than-quarter": "scenario.yaml line 3, rules.leave.length_days: found 95 days; "
    "allowed: at most the 92 days of 2024-Q3; shorten the leave",
    "outside-horizon": "scenario.yaml line 6, organisation.bureaus[east].persons[east-chief]"
    ".leave_pins: found 2025-01-01",
    "holiday-year-without-data": "scenario.yaml line 3, horizon: found 2031-07-01 to 2031-09-30, "
    "with no holiday data for 2031; allowed: the shipped years 2023 to 2027; give the year under "
    "calendar.years",
    "negative-money": "scenario.yaml line 3, budget.lump_sum_yuan.east: found -1; allowed: 0 or "
    "more (yuan)",
    "not-a-number": "scenario.yaml line 5, assumptions.items[contract-yuan].distribution.median: "
    "found NaN; allowed: a number, not NaN and not infinite",
    "gbk-table": "companies.csv line 2: found text that looks like GBK; allowed: UTF-8 text; save "
    "it as UTF-8",
    "code-tag": "scenario.yaml line 3: found the tag '!!python/object/apply:os.system'; allowed: "
    "plain values; a tag could make a program run code",
    "empty-file": "scenario.yaml: found an empty file; allowed: a file with content",
    "yaml-bomb": "scenario.yaml line 2: found the alias '*a' (and 71 more); allowed: no aliases",
}
SEVERAL = ("'events' twice", "'lenght_days'", "found -80", "'atlantis'", "found 2025-01-01")


def said(source: str | Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "broken"


@pytest.mark.parametrize("kind", SAID)
def test_each_kind_of_bad_input_is_told_once_in_clear_words(kind, folder):
    (fault,) = said(write_broken(kind, folder))
    assert SAID[kind] in fault
    assert fault.isprintable()


def test_every_kind_of_bad_input_has_its_words():
    assert {*SAID, "several"} == set(KINDS)


def test_faults_of_keys_values_lists_and_between_parts_come_all_at_once(folder):
    faults = said(write_broken("several", folder))
    for fault, words in zip(faults, SEVERAL, strict=True):
        assert words in fault


def test_nothing_is_run_and_nothing_written(folder, monkeypatch):
    write_broken("code-tag", folder)
    monkeypatch.chdir(folder)
    said(folder)
    assert [path.name for path in folder.iterdir()] == ["scenario.yaml"]


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_loads(name):
    assert load_scenario(name).id == name


def test_the_same_scenario_loads_from_name_folder_and_file(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(shipped_file("minimal").parent, copy)
    hashes = {load_scenario(x).content_hash for x in ("minimal", copy, copy / "scenario.yaml")}
    assert len(hashes) == 1


def test_a_shipped_name_wins_over_a_folder_and_a_path_means_the_folder(tmp_path, monkeypatch):
    write_scenario(tmp_path / "minimal", "")
    monkeypatch.chdir(tmp_path)
    assert load_scenario("minimal").id == "minimal"
    assert load_scenario("./minimal").id == "broken"


def test_a_resolved_scenario_loads_again_as_itself(tmp_path):
    scenario = load_scenario("bole-2023-high")
    path = tmp_path / "resolved.yaml"
    dump = scenario.model_dump(mode="json")
    path.write_text(yaml.safe_dump(dump, allow_unicode=True, sort_keys=False), "utf-8")
    assert load_scenario(path).content_hash == scenario.content_hash


def test_a_table_says_the_same_as_the_list_in_yaml(tmp_path):
    in_table = write_scenario(tmp_path / "a", "companies: companies.csv\n", companies=table(row()))
    spans = ", ".join(
        "{{start: {}, end: {}}}".format(*span.split("..")) for span in WINDOWS.split(";")
    )
    in_yaml = write_scenario(
        tmp_path / "b",
        "companies:\n  - {id: east-90, name: {zh: 示例企业, en: Sample company}, bureau: east, "
        f"province: zhejiang, sector: textiles, chain: textiles, priority: 10, windows: [{spans}], "
        "synthetic: true}\n",
    )
    scenario = load_scenario(in_table)
    assert scenario.content_hash == load_scenario(in_yaml).content_hash
    assert len(scenario.companies) == 13


def test_a_bad_cell_is_told_by_row_and_column(folder):
    rows = (row(), row("east-91", priority="many"), row("East 92"), row("east-93", windows=""))
    faults = said(write_scenario(folder, "companies: companies.csv\n", companies=table(*rows)))
    assert faults[0].startswith("companies.csv row 3 column priority: found 'many'; allowed: a wh")
    assert faults[1].startswith("companies.csv row 4 column id: found 'East 92'; allowed: a short")
    assert faults[2].startswith("companies.csv row 5 column windows: found nothing; allowed: a val")
    assert len(faults) == 3


def test_a_contradiction_of_a_table_is_traced_to_its_cell(folder):
    rows = (row(), row("east-91", windows="2023-07-01..2023-07-09"))
    (fault,) = said(write_scenario(folder, "companies: companies.csv\n", companies=table(*rows)))
    assert fault.startswith("companies.csv row 3 column windows: found 2023-07-01 to 2023-07-09")


def test_a_bad_company_does_not_hide_the_contradiction_of_another(folder):
    rows = (row(priority="many"), row("east-91", windows="2023-07-01..2023-07-09"))
    faults = said(write_scenario(folder, "companies: companies.csv\n", companies=table(*rows)))
    assert [fault.partition(":")[0] for fault in faults] == [
        "companies.csv row 2 column priority",
        "companies.csv row 3 column windows",
    ]


@pytest.mark.parametrize("name", ["../companies.csv", "companies.xlsx", "a/b.csv"])
def test_a_table_lies_beside_its_scenario(name, folder):
    (fault,) = said(write_scenario(folder, f"companies: {name}\n"))
    assert f"found '{name}'; allowed: the name of a CSV file beside scenario.yaml" in fault


def test_blocked_days_from_a_table_are_added_to_those_of_the_leader(folder):
    days = "leader,start,end,reason\ndeputy,2024-08-01,2024-08-02,出差\n"
    scenario = load_scenario(
        write_scenario(folder, "leader_days: leader_days.csv\n", leader_days=days)
    )
    starts = [span.start for span in scenario.leader("deputy").blocked]
    assert starts == [date(2024, 7, 15), date(2024, 8, 1)]


def test_blocked_days_at_fault_are_told_by_row_and_column(folder):
    days = (
        "leader,start,end,reason\nmayor,2024-08-01,2024-08-02,\n"
        "deputy,2024-08-09,2024-08-01,\ndeputy,soon,2024-08-01,\n"
    )
    text = "leader_days: leader_days.csv\n"
    faults = said(write_scenario(folder, text, leader_days=days))
    assert faults[0].startswith(
        "leader_days.csv row 2 column leader: found 'mayor'; allowed: one of the leaders principal"
    )
    assert "leader_days.csv row 3, " in faults[1]
    assert "found 2024-08-09 to 2024-08-01; allowed: an end on or after the start" in faults[1]
    assert faults[2].startswith("leader_days.csv row 4 column start: found 'soon'")
    assert len(faults) == 3


PERSONS = "bureau,id,title_zh,title_en,role,liaison,posted_from,posted_to\n"


def test_persons_of_a_table_are_posted_to_the_bureau_of_their_row(folder):
    people = f"{PERSONS}south,south-third,干部,Cadre,staff,,2024-08-01,\n"
    scenario = load_scenario(write_scenario(folder, "persons: persons.csv\n", persons=people))
    posted = {person.id: bureau.id for bureau, person in scenario.persons}
    assert posted["south-third"] == "south"
    assert len(posted) == 5


def test_a_person_listed_apart_merges_into_the_one_of_the_same_id(folder):
    text = "persons:\n  - {bureau: east, id: east-chief, leave_pins: [2024-08-05]}\n"
    scenario = load_scenario(write_scenario(folder, text))
    assert scenario.bureau("east").persons[0].leave_pins == (date(2024, 8, 5),)
    assert len(scenario.persons) == 4


def test_a_person_posted_to_an_unknown_bureau_is_told_by_row(folder):
    people = f"{PERSONS}north,lost,干部,Cadre,staff,,,\n"
    (fault,) = said(write_scenario(folder, "persons: persons.csv\n", persons=people))
    assert fault == (
        "persons.csv row 2 column bureau: found 'north'; allowed: one of the bureaus east, south"
    )


def test_the_same_person_in_two_bureaus_is_refused(folder):
    text = "persons:\n  - {bureau: south, id: east-chief, title: {zh: 长, en: C}, role: chief}\n"
    (fault,) = said(write_scenario(folder, text))
    assert "found id 'east-chief' twice" in fault


def test_a_scenario_extends_by_path_and_keeps_the_tables_of_its_base(tmp_path):
    text = "companies: companies.csv\n"
    write_scenario(tmp_path / "base", text, companies=table(row()))
    over = tmp_path / "over"
    over.mkdir()
    (over / "scenario.yaml").write_text("extends: ../base\nid: over\n", "utf-8")
    assert [c.id for c in load_scenario(over).companies][-1] == "east-90"


def test_a_fault_of_the_base_is_told_with_the_base(tmp_path):
    write_broken("negative-money", tmp_path / "base")
    over = tmp_path / "over"
    over.mkdir()
    (over / "scenario.yaml").write_text("extends: ../base\nid: over\n", "utf-8")
    assert said(over)[0].startswith("base/scenario.yaml line 3, budget.lump_sum_yuan.east")


def test_extending_in_a_circle_is_refused_and_shown(tmp_path):
    for here, there in (("a", "b"), ("b", "a")):
        (tmp_path / here).mkdir()
        (tmp_path / here / "scenario.yaml").write_text(f"extends: ../{there}\n", "utf-8")
    (fault,) = said(tmp_path / "a")
    chain = "a/scenario.yaml extends b/scenario.yaml extends a/scenario.yaml"
    assert f"found a circle: {chain}" in fault


@pytest.mark.parametrize("name", ["nowhere", "a" * 5000, '"a\\0b"', "5", "[]", "../broken/x.csv"])
def test_extending_what_is_not_there_is_refused(name, folder):
    folder.mkdir()
    (folder / "scenario.yaml").write_text(f"extends: {name}\nid: x\n", "utf-8")
    (fault,) = said(folder)
    assert fault.startswith("scenario.yaml line 1, extends: found no ")


@pytest.mark.parametrize("source", ["bole-2024", "a\0b", "x" * 5000, "/dev/null"])
def test_an_unknown_source_is_refused_with_the_shipped_names(source):
    (fault,) = said(source)
    assert (
        "a folder with scenario.yaml, a YAML file, a workbook (.xlsx), or one of bole-2023, "
        in fault
    )


def test_a_shipped_name_that_was_misspelt_is_suggested():
    assert said("bole-2032")[0].endswith("did you mean 'bole-2023'?")


def test_inline_holiday_years_win_over_the_shipped_ones(folder):
    text = (
        "calendar:\n  years:\n    - year: 2024\n      status: official\n      source: s\n"
        "      trust: E\n      holidays: []\n"
    )
    plain, bare = load_scenario("minimal"), load_scenario(write_scenario(folder, text))
    day = plain.days.day_of(date(2024, 9, 16))
    assert (plain.days.workday[day], bare.days.workday[day]) == (False, True)


def test_faults_of_the_calendar_do_not_hide_behind_a_missing_year(folder):
    text = (
        "horizon: {start: 2031-07-01, end: 2031-09-30}\ncompanies: []\n"
        "rules: {leave: {length_days: 93}}\n"
    )
    faults = said(write_scenario(folder, text))
    assert "with no holiday data for 2031" in faults[0]
    assert "leave_requests: found 2024-08-19" in faults[1]
    assert "length_days: found 93 days" in faults[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("calendar: {country: xx}\n", "found 'xx', for which no holidays ship; allowed: one of cn"),
        ("horizon: {start: 0001-01-01, end: 9999-12-31}\n", "at most 10 calendar years"),
        ("horizon: {start: 2024-09-30, end: 2024-07-01}\n", "found 2024-09-30 to 2024-07-01"),
        ("calendar: {years: 5}\n", "calendar.years: found 5; allowed: a list"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_told_in_words(text, words, folder):
    (fault,) = said(write_scenario(folder, text))
    assert words in fault

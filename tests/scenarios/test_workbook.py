"""The workbook of a scenario says all of it, and is read back as what it says."""

from __future__ import annotations

import io
import subprocess
import zipfile
from datetime import date, datetime
from typing import Literal, get_args, get_origin

import openpyxl
import pytest

from scenarios.faults import ScenarioError
from scenarios.library import data_folder, shipped
from scenarios.load import load_scenario
from scenarios.model import Scenario
from scenarios.part import DateRange, Text
from scenarios.workbook.cells import day_of
from scenarios.workbook.choices import CHOICES, UNITS
from scenarios.workbook.columns import bare, is_part, members
from scenarios.workbook.grid import columns_by_title
from scenarios.workbook.layout import SETTING_COLUMNS, SHEETS
from scenarios.workbook.package import MAX_UNPACKED_BYTES
from scenarios.workbook.read import read_csv_table, read_workbook, with_tables
from scenarios.workbook.write import workbook_bytes
from tests.scenarios.books import column_of, edited, put, saved, template

LANGS = ("zh", "en")


def faults(raw, name="book.xlsx"):
    with pytest.raises(ScenarioError) as caught:
        read_workbook(raw, name)
    return caught.value.faults


def said(raw):
    return [str(fault) for fault in faults(raw)]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_comes_back_equal(name, lang):
    scenario = load_scenario(name)
    found = read_workbook(workbook_bytes(scenario, lang))
    assert found == scenario
    assert found.content_hash == scenario.content_hash


@pytest.mark.timeout(180)
def test_a_scenario_comes_back_equal_after_libreoffice_saved_it(soffice, tmp_path):
    names = [(name, lang) for name in shipped() for lang in LANGS]
    for name, lang in names:
        (tmp_path / f"{name}.{lang}.xlsx").write_bytes(template(name, lang))
    files = sorted(map(str, tmp_path.glob("*.xlsx")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    out = tmp_path / "saved"
    command = [soffice, "--headless", profile, "--convert-to", "xlsx", "--outdir", str(out)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=150)
    for name, lang in names:
        file = out / f"{name}.{lang}.xlsx"
        assert file.read_bytes() != template(name, lang)
        assert read_workbook(file).content_hash == load_scenario(name).content_hash, (name, lang)


def test_the_same_scenario_gives_the_same_bytes():
    minimal = load_scenario("minimal")
    assert workbook_bytes(minimal, "zh") == workbook_bytes(minimal, "zh")
    assert workbook_bytes(minimal, "zh") != workbook_bytes(minimal, "en")


def everything():
    """A scenario in which every kind of table has a row."""
    data = load_scenario("minimal").model_dump(mode="json")
    east = data["organisation"]["bureaus"][0]
    east["duties"] = [{"zh": "=1+1", "en": "-a duty"}]
    east["clusters"] = [
        {"id": "k", "name": {"zh": "集群", "en": "k"}, "province": "zhejiang", "sector": "textiles"}
    ]
    span = {"start": "2024-08-01", "end": "2024-08-03"}
    east["persons"][0] |= {
        "leave_pins": ["2024-08-19", "2024-09-01"],
        "no_leave": [span, {"start": "2024-09-20", "end": "2024-09-20"}],
        "approved_absences": [span],
        "posted_from": "2024-07-02",
        "posted_to": "2024-09-29",
    }
    data["targets"][0] |= {"minimum_by_bureau": {"south": 7, "east": 3}, "only_for": ["east"]}
    data["assessment"]["items"] += [
        {
            "id": "bands",
            "label": {"zh": "分档", "en": "bands"},
            "weight": 5,
            "metric": "events",
            "rule": {
                "kind": "tier-table",
                "steps": [{"at_least": 0, "points": 1.15}, {"at_least": 0.1, "points": 5}],
            },
        },
        {
            "id": "first",
            "label": {"zh": "第一", "en": "first"},
            "weight": 5,
            "metric": "funds_yuan",
            "rule": {
                "kind": "rank-first-full-else-share",
                "target": "funds",
                "neighbours": [],
                "first_requires_completion": False,
            },
        },
    ]
    data["budget"] |= {
        "heads": [
            {"id": "rent", "label": {"zh": "房租", "en": "rent"}, "inside": False},
            {
                "id": "t",
                "label": {"zh": "差", "en": "t"},
                "inside": True,
                "simulated_as": "travel",
            },
        ],
        "rent_yuan_per_month": {"south": 0},
        "travel_by_bureau": {
            "east": {
                "meals_yuan_per_day": 1,
                "local_transport_yuan_per_day": 0,
                "hotel_yuan_per_night": 3,
                "source": "",
            }
        },
    }
    data["obligations"]["fairs"] = [
        {"id": "f", "name": {"zh": "展", "en": "fair"}, "bureaus": ["east", "south"], **span}
    ]
    data["assumptions"]["items"][3]["by_bureau"] = {
        "east": {"kind": "discrete", "values": [0, 1], "weights": [0.1, 1e-7]}
    }
    data["rules"]["visits"] = {"winter_months": [], "newcomers": ["east-01", "south-02"]}
    data["rules"]["leader_trips"] = {"inspections": "either", "length_days": 2}
    data["note"] = {"zh": "两行\n说明", "en": "@note: '(none)'"}
    data["assumptions"]["funding"] = {"source": ""}
    data["calendar"]["years"][0]["make_up_days"] = []
    return Scenario.model_validate(data)


@pytest.mark.parametrize("lang", LANGS)
def test_a_scenario_with_a_row_in_every_table_comes_back_equal(lang):
    scenario = everything()
    raw = workbook_bytes(scenario, lang)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    filled = {sheet.key: book[sheet.title.get(lang)].max_row > 1 for sheet in SHEETS.values()}
    assert [key for key, any_row in filled.items() if not any_row] == []
    found = read_workbook(raw)
    assert found == scenario
    assert found.content_hash == scenario.content_hash


def leaves(kind, path=()):
    """Every value that a part can hold, by its keys; ``*`` for an item of a list or mapping."""
    for name, field in kind.model_fields.items():
        yield from _leaves(field.annotation, (*path, name))


def _leaves(annotation, path):
    kind = bare(annotation)
    if kind is Text:
        yield from ((*path, "zh"), (*path, "en"))
    elif is_part(kind):
        yield from leaves(kind, path)
    elif members(kind):
        yield from {leaf for member in members(kind) for leaf in leaves(member, path)}
    elif get_origin(kind) is tuple:
        item = bare(get_args(kind)[0])
        whole = item is not DateRange and (is_part(item) or members(item) or item is Text)
        # The days of a leader stand in a sheet of their own, all other spans in one cell.
        if whole or path[-1] == "blocked":
            yield from _leaves(get_args(kind)[0], (*path, "*"))
        else:
            yield path
    elif get_origin(kind) is dict and get_origin(get_args(kind)[0]) is Literal:
        yield from ((*path, key) for key in get_args(get_args(kind)[0]))
    elif get_origin(kind) is dict:
        yield from _leaves(get_args(kind)[1], (*path, "*"))
    else:
        yield path


def held():
    """Every value that a sheet or a setting holds, by its keys."""
    places = {}
    for sheet in SHEETS.values():
        base = (*places.get(sheet.parent, ()), *sheet.within)
        places[sheet.key] = (*base, "*")
        for column in sheet.own[1 if sheet.form == "mapping" else 0 :]:
            first, *rest = column.keys
            yield (
                (*base, first, "*", *rest)
                if sheet.form == "mapping"
                else (
                    *base,
                    "*",
                    *column.keys,
                )
            )
    yield from (column.keys for column in SETTING_COLUMNS.values())


def test_nothing_a_scenario_can_say_is_left_out_and_nothing_stands_twice():
    places = list(held())
    assert sorted(places) == sorted(set(places))
    assert set(places) == set(leaves(Scenario))


@pytest.mark.parametrize("key", SHEETS)
def test_no_two_columns_of_a_sheet_share_a_title(key):
    sheet = SHEETS[key]
    known = columns_by_title(sheet)
    assert len({column.name for column in known.values()}) == len(sheet.columns)
    for lang in LANGS:
        assert len({c.title.get(lang) for c in sheet.columns}) == len(sheet.columns)
        assert len(sheet.title.get(lang)) <= 31


def test_every_choice_and_unit_of_the_model_has_words():
    columns = [*SETTING_COLUMNS.values(), *(c for s in SHEETS.values() for c in s.columns)]
    choices = {x for c in columns for x in c.choices if isinstance(x, str)}
    factors = {c.keys[-1] for c in columns if c.keys[:2] == ("assumptions", "mode_factor")}
    assert choices | factors == set(CHOICES)
    assert {c.unit for c in columns if c.unit} <= set(UNITS)


def test_ids_are_text_titles_are_locked_and_lists_offer_what_is_allowed():
    page = openpyxl.load_workbook(io.BytesIO(template()))["Companies"]
    tier = column_of(page, "expected tier of reception")
    bureau = column_of(page, "bureau")
    assert page.cell(2, 1).number_format == "@"
    assert page.protection.sheet
    assert page.cell(1, 1).protection.locked
    assert not page.cell(2, 1).protection.locked
    assert page.freeze_panes == "B2"
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    by_column = {span.split(":")[0]: formula for span, formula in rules.items()}
    assert by_column[page.cell(2, tier).coordinate] == '"principal,deputy,any"'
    assert by_column[page.cell(2, bureau).coordinate] == "'Bureaus'!$A$2:$A$1000"


def test_a_text_that_looks_like_a_formula_is_none():
    page = openpyxl.load_workbook(io.BytesIO(workbook_bytes(everything(), "zh")))["专项职责"]
    assert page["B2"].value == "=1+1"
    assert page["B2"].data_type == "s"
    assert page["B2"].quotePrefix


def test_all_faults_come_at_once_with_sheet_row_column_and_advice():
    def change(book):
        for one in (
            put("Companies", 3, "bureau", "eats"),
            put("Companies", 4, "expected tier of reception", "principle"),
            put("Companies", 5, "priority points", 0),
            put("Companies", 6, "days on which it can come", "from May"),
            put("Leave wishes", 2, "weight", "many"),
            put("Leader days", 2, "first day", "soon"),
        ):
            one(book)

    assert said(edited(change)) == [
        "Leave wishes row 2 column D: found 'many'; allowed: a whole number",
        "Leader days row 2 column B: found 'soon'; allowed: a day such as 2024-07-01",
        (
            "Companies row 3 column D: found 'eats'; allowed: one of east, south (sheet Bureaus); "
            "did you mean 'east'?"
        ),
        (
            "Companies row 4 column I: found 'principle'; allowed: one of 'principal', 'deputy' or "
            "'any'; did you mean 'principal'?"
        ),
        "Companies row 5 column J: found 0; allowed: 1 or more",
        (
            "Companies row 6 column K: found 'from May'; allowed: days such as "
            "2024-07-01..2024-07-19, several separated by ';'"
        ),
    ]
    places = {fault.place("zh") for fault in faults(edited(change))}
    assert "Companies 第 3 行 D 列" in places


POINTERS = [(s.key, c.name) for s in SHEETS.values() for c in s.columns if c.refers]


@pytest.mark.parametrize(("key", "name"), POINTERS)
def test_a_name_that_stands_nowhere_is_one_fault_at_its_cell_with_the_nearest_name(key, name):
    sheet = SHEETS[key]
    index = [column.name for column in sheet.columns].index(name) + 1
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(everything(), "en")))
    cell = book[sheet.title.en].cell(2, index)
    right = str(cell.value or "east").partition(";")[0]
    cell.value = (
        f"{right}x" if sheet.columns[index - 1].kind == "id" or not right.isdigit() else 2099
    )
    found = [str(fault) for fault in faults(saved(book))]
    at = f"{sheet.title.en} row 2 column {cell.column_letter}: found "
    here = [line for line in found if line.startswith(at)]
    assert len(here) == 1
    assert f"(sheet {SHEETS[sheet.columns[index - 1].refers].title.en})" in here[0]
    assert f"did you mean '{right}'?" in here[0] or right.isdigit()


def test_a_contradiction_between_sheets_is_shown_at_its_cell():
    (fault,) = said(
        edited(put("Companies", 2, "days on which it can come", "2023-01-01..2023-01-02"))
    )
    assert fault.startswith("Companies row 2 column K: found 2023-01-01 to 2023-01-02; allowed: ")


@pytest.mark.parametrize(
    ("shape", "day"),
    [
        (datetime(2024, 7, 1), "2024-07-01"),
        (date(2024, 7, 1), "2024-07-01"),
        ("2024-07-01", "2024-07-01"),
        ("2024/7/1", "2024-07-01"),
        ("2024.7.1", "2024-07-01"),
        ("2024年7月1日", "2024-07-01"),
        ("２０２４－０７－０１", "2024-07-01"),
        ("20240701", "2024-07-01"),
        (20240701, "2024-07-01"),
        (45474, "2024-07-01"),
        ("2024-07-01 00:00:00", "2024-07-01"),
        (datetime(2024, 7, 1, 12), None),
        ("2024-02-30", None),
        ("07/01/2024", None),
        (7, None),
        (True, None),
    ],
)
def test_a_day_is_read_in_every_shape_that_means_one_day(shape, day):
    assert day_of(shape) == day


def test_an_empty_cell_means_the_default_and_none_means_nothing():
    def change(value):
        def settings(book):
            page = book["Settings"]
            for row in range(2, page.max_row + 1):
                if page.cell(row, 8).value == "rules.visits.winter_months":
                    page.cell(row, 3).value = value

        return settings

    assert read_workbook(edited(change(None))).rules.visits.winter_months == (11, 12, 1, 2, 3)
    assert read_workbook(edited(change("(none)"))).rules.visits.winter_months == ()
    assert read_workbook(edited(change(12))).rules.visits.winter_months == (12,)
    assert read_workbook(edited(change("12；1、2"))).rules.visits.winter_months == (12, 1, 2)


def test_columns_may_change_places_and_notes_are_not_read():
    def change(book):
        page = book["Leave wishes"]
        page.move_range("B1:D2", cols=2)
        page.cell(1, 2).value = "note"
        page.cell(2, 2).value = "asked by telephone"

    assert read_workbook(edited(change)) == load_scenario("minimal")


def test_a_renamed_sheet_or_column_is_named_with_what_it_may_have_been():
    def change(book):
        book["Companies"].title = "Compnies"
        book["Leaders"].cell(1, 4).value = "teir"

    found = said(edited(change))
    assert any("no sheet 'Companies'" in x and "is it the sheet 'Compnies'?" in x for x in found)
    assert any("Leaders row 1 column D: found the unknown column 'teir'" in x for x in found)
    assert any("did you mean 'tier'?" in x for x in found)
    assert any("no column 'tier'" in x for x in found)
    # What hangs on them is not judged, so that no fault is a mere consequence.
    assert len(found) == 3


def test_a_formula_counts_as_its_result_and_one_without_a_result_is_refused():
    found = said(edited(put("Companies", 2, "priority points", "=10+10")))
    assert found == [
        (
            "Companies row 2 column J: found a formula without its result; allowed: a value; "
            "open and save it in Excel, or paste as values"
        ),
    ]


def test_a_formula_computed_by_libreoffice_counts_as_its_result(soffice, tmp_path):
    file = tmp_path / "book.xlsx"
    file.write_bytes(edited(put("Companies", 2, "priority points", "=11+10")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [soffice, "--headless", profile, "--convert-to", "xlsx", "--outdir", tmp_path / "o", file],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert read_workbook(tmp_path / "o" / "book.xlsx").companies[0].priority == 21


def test_merged_cells_and_error_values_are_refused_where_they_stand():
    def change(book):
        book["Leaders"].merge_cells("C2:C3")
        book["Host units"]["B3"].value = "#REF!"

    found = said(edited(change))
    assert (
        "Leaders row 2 column C: found the merged cells C2:C3; allowed: a value for each cell; "
        "unmerge them and fill each cell" in found
    )
    assert any(x.startswith("Host units row 3 column B: found the error #REF!") for x in found)


def repacked(change):
    """A template whose parts went through ``change(name, content)``."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(template())) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            for name, content in change(part, source.read(part)):
                target.writestr(name, content)
    return stream.getvalue()


def bomb(name, content):
    yield name, content
    if name == "xl/workbook.xml":
        yield "xl/bomb.xml", b" " * (MAX_UNPACKED_BYTES + 1)


def macros(name, content):
    yield name, content
    if name == "xl/workbook.xml":
        yield "xl/vbaProject.bin", b"x"


def entities(name, content):
    yield name, (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + content if "sheet3" in name else content)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "an empty file"),
        (b"id,name\n", "no workbook"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "a workbook of the old kind (.xls), or encrypted"),
        (template()[:5000], "a damaged workbook"),
        (repacked(bomb), "a file that unpacks to too much"),
        (repacked(macros), "a workbook with macros"),
        (repacked(entities), "a file that declares entities"),
    ],
    ids=("empty", "csv", "xls", "cut", "bomb", "macros", "entities"),
)
def test_what_is_no_sound_workbook_is_refused_in_words(raw, told):
    (fault,) = faults(raw)
    assert fault.where == "book.xlsx"
    assert told in fault.found.en
    assert fault.found.zh != fault.found.en


def rows_appended(n):
    """A template with so many companies more, each with an id alone."""
    names = openpyxl.load_workbook(io.BytesIO(template()), read_only=True).sheetnames
    file = f"xl/worksheets/sheet{names.index('Companies') + 1}.xml"
    rows = "".join(
        f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>more-{r}</t></is></c></row>'
        for r in range(100, 100 + n)
    )

    def change(name, content):
        more = rows.encode() + b"</sheetData>"
        yield name, content.replace(b"</sheetData>", more) if name == file else content

    return repacked(change)


def test_fifty_thousand_rows_are_one_fault():
    found = said(rows_appended(50_000))
    assert found == ["Companies: found more than 5000 rows; allowed: at most 5000 rows"]


def test_fifty_thousand_empty_rows_change_nothing():
    def change(book):
        page = book["Companies"]
        for row in range(20, 50_000):
            page.cell(row, 1).number_format = "@"

    assert read_workbook(edited(change)) == load_scenario("minimal")


@pytest.mark.parametrize(
    ("codec", "encoding"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 BOM"), ("gbk", "GBK")]
)
def test_a_csv_table_is_read_in_each_encoding_and_says_which(codec, encoding):
    text = "人员编号,起日,止日,权重\neast-chief,2024/8/5,2024年8月9日,3\n"
    table = read_csv_table(text.encode(codec), "轮休意愿.csv")
    assert (table.sheet, table.encoding) == ("leave_wishes", encoding)
    found = with_tables(load_scenario("minimal"), {table.sheet: table.grid}, "x")
    wishes = {p.id: p.leave_requests for _, p in found.persons if p.leave_requests}
    assert list(wishes) == ["east-chief"]
    assert wishes["east-chief"][0].start == date(2024, 8, 5)


def test_the_companies_table_of_a_scenario_folder_is_a_sheet_too():
    folder = data_folder() / "bole-2023"
    raw = (folder / "companies.csv").read_bytes()
    table = read_csv_table(raw, "upload.csv")
    assert table.sheet == "companies"
    bole = load_scenario("bole-2023")
    assert with_tables(bole, {"companies": table.grid}, "x") == bole


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"\x00\x01\x02", b"\xff\xfe\x80", b'"a\n'])
def test_a_csv_that_is_no_table_of_a_scenario_is_refused_in_words(raw):
    with pytest.raises(ScenarioError) as caught:
        read_csv_table(raw, "t.csv")
    assert caught.value.faults[0].where == "t.csv"


def test_a_workbook_is_a_scenario_for_the_loader(tmp_path):
    file = tmp_path / "city.xlsx"
    file.write_bytes(template("minimal", "zh"))
    assert load_scenario(file) == load_scenario("minimal")
    assert load_scenario(str(file)) == load_scenario("minimal")
    macro = tmp_path / "city.xlsm"
    macro.write_bytes(repacked(macros))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(macro)
    assert caught.value.faults[0].where == "city.xlsm"


def test_hidden_sheets_are_read_and_other_sheets_are_not():
    def change(book):
        book["Companies"].sheet_state = "veryHidden"
        book.create_sheet("Scratch")["A1"].value = "#REF!"

    assert read_workbook(edited(change)) == load_scenario("minimal")

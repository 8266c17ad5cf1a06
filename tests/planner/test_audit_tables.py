from __future__ import annotations

import ast
import io
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import planner.audit
from planner.audit import Finding, audit, audit_table, violations
from tests.planner.audit_world import add, change, city, good_tables

GIVEN = city()
MAY_IMPORT = {"scenarios", "pandas"}


def from_csv(frame: pd.DataFrame, *, as_texts: bool) -> pd.DataFrame:
    content = io.StringIO(frame.to_csv(index=False))
    if as_texts:
        return pd.read_csv(content, dtype=str, keep_default_na=False)
    return pd.read_csv(content)


def only(findings: tuple[Finding, ...], rule: str, subject: str) -> Finding:
    (found,) = [f for f in findings if (f.rule, f.subject) == (rule, subject)]
    return found


@pytest.mark.parametrize("as_texts", [True, False])
def test_tables_read_back_from_csv_give_the_same_findings(as_texts: bool) -> None:
    edited = good_tables()
    # A visit without a leader leaves empty cells, which CSV readers turn into NaN.
    change("visits", {"visit": "south-v01"}, leader="", leader_tier="", leader_day="")(edited)
    read = {name: from_csv(frame, as_texts=as_texts) for name, frame in edited.items()}
    assert audit(GIVEN, read) == audit(GIVEN, edited)


def test_dates_may_be_dates_and_empty_may_be_missing() -> None:
    edited = good_tables()
    frame = edited["visits"].astype(object)
    frame["start"] = [date.fromisoformat(text) for text in frame["start"]]
    frame["end"] = pd.to_datetime(frame["end"])
    frame["seats"] = frame["seats"].astype(float)
    edited["visits"] = frame
    edited["unplaced"] = edited["unplaced"].replace("", None)
    assert audit(GIVEN, edited) == audit(GIVEN, good_tables())


@pytest.mark.parametrize("missing", [pd.NA, pd.NaT, None, float("nan"), ""])
def test_a_missing_cell_is_an_empty_one(missing: object) -> None:
    edited = good_tables()
    change("leaves", {"person": "south-deputy"}, start=missing)(edited)
    finding = only(audit(GIVEN, edited), "table-dates", "leaves")
    assert (finding.verdict, finding.actual) == ("violated", "1: line 6: start '' is no date")


def test_row_order_and_further_columns_change_nothing() -> None:
    edited = good_tables()
    edited["calendar"] = edited["calendar"].iloc[::-1]
    edited["calendar"].insert(0, "remark", "seen")
    assert audit(GIVEN, edited) == audit(GIVEN, good_tables())


@pytest.mark.parametrize("name", sorted(good_tables()))
def test_a_table_of_nonsense_is_found_wrong_and_raises_nothing(name: str) -> None:
    nonsense: list[object] = ["", "x", -1, 3.5, float("inf"), None, "2023-02-30", "二月", [1], 1e99]
    for word in nonsense:
        edited = good_tables()
        frame = edited[name].astype(object)
        edited[name] = pd.DataFrame({column: [word] * len(frame) for column in frame}, dtype=object)
        broken = violations(audit(GIVEN, edited))
        assert any(f.subject == name and f.rule.startswith("table-") for f in broken), word


@pytest.mark.parametrize("name", sorted(good_tables()))
def test_any_cell_may_be_nonsense_and_is_found_without_an_exception(name: str) -> None:
    for column in good_tables()[name]:
        edited = good_tables()
        edited[name] = edited[name].astype(object)
        edited[name].loc[edited[name].index[0], column] = "?"
        findings = audit(GIVEN, edited)
        # Where a kind has one meeting, the kind tells it and its label is a text for people.
        if (name, column) != ("obligations", "label"):
            assert violations(findings), column


def test_no_tables_at_all_are_found_missing_one_by_one() -> None:
    broken = violations(audit(GIVEN, {}))
    missing = [f.subject for f in broken if f.rule == "table-columns"]
    assert missing == list(good_tables())
    assert {"leave-owed", "calendar-complete", "company-answered"} <= {f.rule for f in broken}


def test_a_table_that_is_none_and_one_without_rows_are_told_apart() -> None:
    edited = good_tables()
    edited["unplaced"] = None  # type: ignore[assignment]
    edited["visit_companies"] = edited["visit_companies"].iloc[:0]
    findings = audit(GIVEN, edited)
    assert only(findings, "table-columns", "unplaced").actual == "1: no such table"
    assert only(findings, "table-columns", "visit_companies").verdict == "ok"


def test_a_column_that_stands_twice_is_found_wrong() -> None:
    edited = good_tables()
    edited["leaves"] = pd.concat([edited["leaves"], edited["leaves"][["start"]]], axis=1)
    assert only(audit(GIVEN, edited), "table-columns", "leaves").actual == "1: column start twice"


def test_dates_of_other_forms_are_refused_by_line() -> None:
    for text in ("20230619", "2023/6/19", "2023-6-19", "2023-W25-1", "2023-06-19 00:00"):
        edited = good_tables()
        change("leaves", {"person": "south-deputy"}, start=text)(edited)
        finding = only(audit(GIVEN, edited), "table-dates", "leaves")
        assert finding.actual == f"1: line 6: start '{text}' is no date"


def test_a_status_that_contradicts_another_is_not_taken_for_the_first() -> None:
    edited = good_tables()
    add("calendar", "2023-05-20", "north", "north-staff", "absent")(edited)
    duplicate = only(audit(GIVEN, edited), "table-duplicates", "calendar")
    assert duplicate.verdict == "violated"
    assert "repeats line" in duplicate.actual


def test_the_table_of_findings_says_what_they_say() -> None:
    findings = audit(GIVEN, good_tables())
    table = audit_table(findings)
    assert list(table.columns) == [
        "rule",
        "clause",
        "subject",
        "period",
        "required",
        "actual",
        "verdict",
    ]
    assert [Finding(*row) for row in table.itertuples(index=False, name=None)] == list(findings)
    assert list(audit_table(()).columns) == list(table.columns)
    again = from_csv(table, as_texts=True)
    assert [Finding(*row) for row in again.itertuples(index=False, name=None)] == list(findings)


def test_an_audit_of_a_city_stays_a_page_of_findings() -> None:
    assert len(audit(GIVEN, good_tables())) < 250


def test_the_audit_imports_nothing_of_the_planner_but_itself_and_the_rulebook() -> None:
    folder = Path(str(planner.audit.__file__)).parent
    files = sorted(folder.glob("*.py"))
    assert len(files) > 5
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), file.name
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [str(node.module)]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                assert _allowed(name), f"{file.name} imports {name}"


def _allowed(name: str) -> bool:
    root = name.split(".")[0]
    # The rulebook is data: ids, clauses and texts, and nothing of how a rule is kept.
    own = name in ("planner.audit", "planner.rulebook") or name.startswith("planner.audit.")
    return own or root in MAY_IMPORT or root in sys.stdlib_module_names

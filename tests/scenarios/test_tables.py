"""CSV tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.reading import Reading
from scenarios.tables import COMPANIES, LEADER_DAYS, read_table
from tests.scenarios.broken import HEADER, row, table


def read(folder: Path, content: str | bytes) -> Reading:
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / "t.csv").write_bytes(raw)
    return read_table(folder / "t.csv", "t.csv", COMPANIES)


def said(reading: Reading) -> str:
    return "\n".join(map(str, reading.faults))


def test_a_row_becomes_the_mapping_that_yaml_would_have_held(tmp_path):
    reading = read(tmp_path, table(row()))
    assert reading.faults == ()
    assert reading.data == [
        {
            "id": "east-90",
            "name": {"zh": "示例企业", "en": "Sample company"},
            "bureau": "east",
            "province": "zhejiang",
            "sector": "textiles",
            "chain": "textiles",
            "priority": "10",
            "windows": [
                {"start": "2024-08-01", "end": "2024-08-20"},
                {"start": "2024-09-02", "end": "2024-09-13"},
            ],
            "synthetic": "true",
        }
    ]


def test_a_byte_order_mark_windows_line_ends_and_empty_rows_change_nothing(tmp_path):
    plain = read(tmp_path, table(row(), row("east-91")))
    text = table(row(), ",,,,,,,,,,,,,", "", row("east-91")).replace("\n", "\r\n")
    odd = read(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert odd.data == plain.data
    assert odd.faults == ()


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path):
    cell = row("east-92").replace("Sample company", '"Sample\ncompany"')
    reading = read(tmp_path, table(cell, "", row("east-91", windows="soon")))
    assert said(reading).startswith("t.csv row 4 column windows: found 'soon'")


def test_a_cell_is_traced_to_its_row_and_column():
    keys = [column.keys for column in COMPANIES.columns]
    assert len(set(keys)) == len(keys) == len(HEADER.split(","))


def test_a_day_that_a_spreadsheet_rewrote_is_still_read(tmp_path):
    reading = read(tmp_path, table(row(windows="2024/8/1..2024/8/20")))
    assert reading.data[0]["windows"] == [{"start": "2024-08-01", "end": "2024-08-20"}]


@pytest.mark.parametrize("windows", ["2024-08-01", "2024-08-01..", "..2024-08-01", "a;b"])
def test_a_window_that_is_no_run_of_days_is_refused_by_row_and_column(tmp_path, windows):
    reading = read(tmp_path, table(row(), row("east-91", windows=windows)))
    words = f"t.csv row 3 column windows: found '{windows}'; allowed: days such as 2024-07-01.."
    assert said(reading).startswith(words)
    assert [item["id"] for item in reading.data] == ["east-90"]


def test_unknown_missing_and_doubled_columns_are_all_reported(tmp_path):
    header = HEADER.replace("bureau", "buraeu").replace("chain", "id")
    words = said(read(tmp_path, f"{header}\n"))
    assert "row 1: found the unknown column 'buraeu'" in words
    assert "did you mean 'bureau'?" in words
    assert "found the column 'id' twice" in words
    assert "found no column 'bureau'" in words
    assert "found no column 'chain'" in words


def test_cells_separated_by_semicolons_are_told_from_missing_columns(tmp_path):
    words = said(read(tmp_path, table(row()).replace(",", ";")))
    assert "separated by semicolons or tabs" in words
    assert words.count("found") == 1


def test_a_row_of_the_wrong_width_is_refused(tmp_path):
    words = said(read(tmp_path, table(f"{row()},more", "east-91,only")))
    assert "t.csv row 2: found 15 cells; allowed: 14 cells" in words
    assert "t.csv row 3: found 2 cells; allowed: 14 cells" in words


def test_a_repeated_id_names_both_rows(tmp_path):
    reading = read(tmp_path, table(row(), row("east-91"), row()))
    assert "t.csv row 4 column id: found the id 'east-90' twice (first in row 2)" in said(reading)


def test_gbk_is_named_and_utf_8_asked_for(tmp_path):
    words = said(read(tmp_path, table(row()).encode("gbk")))
    assert words.startswith("t.csv line 2: found text that looks like GBK; allowed: UTF-8 text")
    assert "save it as UTF-8" in words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("é,ü".encode("utf-16"), "looks like UTF-16"),
        (b"PK\x03\x04\x80\xff", "an Excel workbook"),
        (b"\x80\xff\xff", "bytes that are not UTF-8"),
        (b"", "an empty file"),
        (b"a" * (2 * 1024 * 1024 + 1), "more than 2 MiB"),
        (b'id,"name\n', "broken CSV"),
    ],
    ids=["utf-16", "excel", "bytes", "empty", "large", "quotes"],
)
def test_what_is_no_table_at_all_is_told_in_words(tmp_path, raw, words):
    assert words in said(read(tmp_path, raw))


def test_leader_days_without_a_leader_keep_their_rows_apart(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("leader,start,end,reason\na,2024-07-01,2024-07-02,x\na,2024-07-05,2024/7/6,\n")
    reading = read_table(path, "d.csv", LEADER_DAYS)
    assert [item["end"] for item in reading.data] == ["2024-07-02", "2024-07-06"]
    place = reading.places["leader_days", "1", "end"]
    assert place.text == "d.csv row 3 column end"

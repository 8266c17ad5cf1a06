from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from dashboards import markup
from dashboards.markup import Markup, Tile
from dashboards.odds import Odds

ODDS = Odds(40, 100, 0.4, 0.31, 0.5)


def test_texts_are_escaped_wherever_they_stand():
    awkward = '<script>&"'
    pieces = [
        markup.table([awkward, "b"], [[awkward, awkward]], caption=awkward),
        markup.paragraph(awkward),
        markup.notice(awkward),
        markup.command(awkward),
        markup.section(awkward, awkward),
        markup.listing(awkward, [awkward]),
        markup.named(awkward, awkward).html,
        markup.counted(awkward, "out", awkward).html,
        markup.odds_cell(ODDS, "en", awkward, awkward).html,
        markup.tiles([Tile(awkward, awkward, "risk", awkward, (awkward,))]),
    ]
    for piece in pieces:
        assert "<script>" not in piece
        assert "&lt;script&gt;&amp;" in piece


def test_a_table_names_its_columns_its_rows_and_itself():
    root = ET.fromstring(markup.table(["a", "b"], [["x", "1"], ["y", "2"]], caption="what"))
    table = root.find("table")
    assert table.find("caption").text == "what"
    assert [th.get("scope") for th in table.find("thead").iter("th")] == ["col", "col"]
    assert [tr.find("th").text for tr in table.find("tbody")] == ["x", "y"]
    assert (root.get("tabindex"), root.get("role"), root.get("aria-label")) == (
        "0",
        "region",
        "what",
    )


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        markup.table(["a", "b"], [["x"]], caption="what")


@pytest.mark.parametrize(("lang", "word"), [("zh", "有风险"), ("en", "at risk")])
def test_odds_are_told_by_number_interval_word_and_sign(lang, word):
    cell = markup.odds_cell(ODDS, lang).html
    for part in ("40", "31–50", word, "▲"):
        assert part in cell


def test_markup_is_written_as_it_is():
    assert "<strong>x</strong>" in markup.table(
        ["a"], [[Markup("<strong>x</strong>")]], caption="c"
    )

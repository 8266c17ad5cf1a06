from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from dashboards import rota


@pytest.fixture
def table(minimal, minimal_tables):
    def draw(first, last, lang="zh"):
        status = rota.status_table(minimal_tables["calendar"])
        html = rota.rota_table(minimal, status, first, last, lang, caption="what")
        return ET.fromstring(html.replace("<br>", "<br/>")).find("table")

    return draw


def test_every_day_of_every_person_is_a_letter(table, minimal, minimal_tables):
    found = table(minimal.horizon.start, minimal.horizon.end)
    rows = [[td.text for td in tr.iter("td")] for tr in found.find("tbody")]
    letters = {"post": "驻", "travel": "途", "leave": "休", "escort": "考"}
    calendar = minimal_tables["calendar"]
    for (_, person), row in zip(minimal.persons, rows, strict=True):
        own = calendar[calendar["person"] == person.id].sort_values("date")
        assert row == [letters[status] for status in own["status"]]


def test_days_beyond_the_horizon_are_left_out(table, minimal):
    found = table(date(2024, 6, 24), date(2024, 7, 7))
    assert len(list(found.find("thead").iter("th"))) == 1 + 7


def test_days_set_apart_are_named_for_people_who_listen(table):
    heads = list(table(date(2024, 9, 13), date(2024, 9, 17), "en").find("thead").iter("th"))[1:]
    assert [th.get("title") for th in heads] == [
        "13 Sep 2024, Fri",
        "14 Sep 2024, Sat, make-up working day",
        "15 Sep 2024, Sun, public holiday",
        "16 Sep 2024, Mon, public holiday",
        "17 Sep 2024, Tue, public holiday",
    ]


def test_persons_who_share_a_title_are_told_apart(table, minimal):
    found = table(minimal.horizon.start, minimal.horizon.start, "en")
    titles = [tr.find("th").text for tr in found.find("tbody")]
    assert titles == [
        "East bureau, Chief",
        "East bureau, Deputy chief",
        "South bureau, Chief",
        "South bureau, Deputy chief",
    ]

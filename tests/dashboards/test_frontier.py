"""The frontier as it is drawn."""

from __future__ import annotations

import subprocess
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.frontier import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Scale, frontier_svg
from sim.aim import parse_aim
from sim.allocation import Search, allocate, frontier_grids
from sim.grid import Bounds, build_grid
from tests.dashboards.sample import plan_of

NS = "{http://www.w3.org/2000/svg}"


def _found(scenario, aim="targets", total=None, **bounds):
    plan = plan_of(scenario)
    limits = Bounds(**{"floors_yuan": {}, "caps_yuan": {}, "fixed_yuan": {}, **bounds})
    grid = build_grid(scenario, plan, total_yuan=total, bounds=limits, most_yuan=225_000)
    own = parse_aim(aim, scenario)
    search = Search(own, grid, 1, n=30, tails=4, confirm_n=60)
    return allocate(scenario, plan, search, frontier=frontier_grids(grid, own))


@pytest.fixture(scope="module")
def found(minimal):
    return _found(minimal)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("总额（万元）", "现有总额 18.0", "期望达成的目标项数", "95% 区间")),
        ("en", ("total, CNY 1,000", "today's total 180", "expected number of targets", "95 %")),
    ],
)
def test_axes_and_marks_are_named_in_the_language_chosen(found, lang, words):
    root = ET.fromstring(frontier_svg(found, lang))
    said = " ".join(root.itertext())
    for word in words:
        assert word in said
    assert root.get("aria-label")
    assert root.find(f"{NS}desc").text


def test_every_total_is_drawn_with_its_value_and_interval(found):
    root = ET.fromstring(frontier_svg(found, "en"))
    (value,) = root.findall(f"{NS}polyline")
    (band,) = root.findall(f"{NS}polygon")
    n = len(found.frontier)
    assert n > 5
    assert len(value.get("points").split()) == n
    assert len(band.get("points").split()) == 2 * n
    ends = [tuple(map(float, x.split(","))) for x in band.get("points").split()]
    middle = [tuple(map(float, x.split(","))) for x in value.get("points").split()]
    for (x, y), upper, lower in zip(middle, ends[:n], reversed(ends[n:]), strict=True):
        assert upper[0] == lower[0] == x
        assert TOP <= upper[1] <= y <= lower[1] <= BOTTOM


def test_todays_total_stands_where_it_is(found):
    root = ET.fromstring(frontier_svg(found, "en"))
    (mark,) = (x for x in root.findall(f"{NS}line") if x.get("class") == "today")
    places = root.find(f"{NS}polyline").get("points").split()
    totals = [point.total_yuan for point in found.frontier]
    assert mark.get("x1") == places[totals.index(180_000)].split(",")[0]


def test_a_total_asked_about_is_marked_beside_todays(minimal):
    root = ET.fromstring(frontier_svg(_found(minimal, total=120_000), "en"))
    said = " ".join(root.itertext())
    assert "total asked about 120" in said
    assert "today's total 180" in said


def test_odds_are_drawn_in_percent(minimal):
    said = " ".join(ET.fromstring(frontier_svg(_found(minimal, "at-least-1"), "en")).itertext())
    assert "main targets (at-least-1), %" in said


def test_where_nothing_can_move_one_point_is_drawn(minimal):
    fixed = {"east": 80_000, "south": 100_000}
    root = ET.fromstring(frontier_svg(_found(minimal, fixed_yuan=fixed), "en"))
    assert len(root.findall(f"{NS}circle")) == 1
    assert root.findall(f"{NS}polygon") == []


def test_no_text_leaves_the_sheet(found):
    from dashboards.drawing import width_of

    for lang in ("zh", "en"):
        root = ET.fromstring(frontier_svg(found, lang))
        for text in root.findall(f"{NS}text"):
            wide = width_of(text.text, float(text.get("font-size")))
            start = float(text.get("x"))
            start -= {"end": wide, "middle": wide / 2}.get(text.get("text-anchor"), 0)
            assert start >= 0
            assert start + wide <= WIDTH
            assert 0 < float(text.get("y")) < HEIGHT


@given(low=st.floats(-1e6, 1e6), wide=st.floats(1e-3, 1e7))
def test_an_axis_has_a_few_round_ticks_within_its_ends(low, wide):
    axis = Scale(low, low + wide, LEFT, RIGHT)
    ticks = axis.ticks
    assert 2 <= len(ticks) <= 8
    assert all(low - 1e-6 * wide <= x <= low + wide * (1 + 1e-6) for x in ticks)
    assert axis.at(low) == LEFT


@pytest.mark.browser
def test_the_drawing_opens_in_a_browser(found, chromium, tmp_path):
    (tmp_path / "frontier.svg").write_text(frontier_svg(found, "zh"), encoding="utf-8")
    shot = tmp_path / "shot.png"
    subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--window-size={WIDTH},{HEIGHT}",
            f"--screenshot={shot}",
            (tmp_path / "frontier.svg").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert shot.stat().st_size > 10_000

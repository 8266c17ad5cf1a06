"""Cockpit and forecast in real Chromium: one screen, tiles that lead on, parts that fit."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dashboards.pages.forecast import PARTS
from dashboards.provinces import units
from dashboards.texts import t
from tests.dashboards.test_browser import browser, query_of, server, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# Pytest finds fixtures by their names in this module.
__all__ = ["browser", "server", "visit"]

SIZES = {"desk": (1366, 768), "large": (1920, 1080), "phone": (390, 844)}


def _overflow(page):
    return page.evaluate(
        "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(e => e.scrollWidth - e.clientWidth)"
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentence_and_the_tiles_are_one_screen(visit, lang):
    seen = visit()
    seen.open("cockpit", lang=lang, run="good", asof="2024-08-05")
    tiles = seen.page.locator(".b-tiles")
    expect(tiles.locator(".b-tile")).to_have_count(6)
    box = tiles.bounding_box()
    assert box["y"] + box["height"] <= SIZES["desk"][1]
    sentence = seen.page.locator(".b-lead").first.bounding_box()
    assert sentence["y"] + sentence["height"] <= box["y"]


@pytest.mark.parametrize(("kind", "n"), [("targets", 0), ("presence", 3)])
def test_a_tile_leads_to_the_page_that_says_more(visit, kind, n):
    seen = visit()
    seen.open("cockpit", lang="en", run="good", asof="2024-08-05")
    seen.page.locator(".b-tile").nth(n).click()
    page = {"targets": "forecast", "presence": "calendar"}[kind]
    expect(seen.page.locator("h1")).to_have_text(t(f"app.{page}.title", "en"), timeout=30_000)
    assert urlsplit(seen.page.url).path == f"/{page}"
    asked = query_of(seen.page.url)
    assert (asked["run"], asked["asof"], asked["lang"]) == ("good", "2024-08-05", "en")


def test_a_tile_is_reached_by_keyboard(visit):
    seen = visit()
    seen.open("cockpit", lang="en", run="good")
    seen.page.locator(".b-tile a").first.focus()
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("h1")).to_have_text(t("app.forecast.title", "en"), timeout=30_000)


def test_the_tile_grid_is_drawn_large_enough_to_read(visit):
    seen = visit()
    seen.open("cockpit", lang="zh", run="good")
    grid = seen.page.locator(".grid svg")
    for width, height in SIZES.values():
        seen.page.set_viewport_size({"width": width, "height": height})
        seen.page.wait_for_timeout(300)
        expect(grid.locator("g.tile")).to_have_count(len(units()))
        smallest = grid.evaluate(
            "svg => Math.min(...[...svg.querySelectorAll('text')]"
            ".map(e => e.getBoundingClientRect().height))"
        )
        assert smallest >= 11


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_fits_every_screen(visit, part, lang):
    seen = visit()
    seen.open("forecast", lang=lang, run="good", part=part)
    expect(seen.page.get_by_test_id("stException")).to_have_count(0)
    for width, height in SIZES.values():
        seen.page.set_viewport_size({"width": width, "height": height})
        seen.page.wait_for_timeout(400)
        assert _overflow(seen.page) == [0, 0], (width, height)


@pytest.mark.parametrize("part", [part for part in PARTS if part != "odds"])
def test_no_part_has_a_serious_barrier(visit, part):
    seen = visit()
    seen.open("forecast", lang="zh", run="good", part=part)
    report = Axe().run(seen.page).response
    serious = {
        found["id"]: [node["html"][:120] for node in found["nodes"]]
        for found in report["violations"]
        if found["impact"] in ("serious", "critical")
    }
    assert serious == {}


def test_the_projector_has_no_controls_and_large_type(visit):
    seen = visit()
    seen.page.goto(f"{seen.server}/cockpit?lang=zh&run=good&embed=true&show=cycle")
    expect(seen.page.locator(".b-tiles")).to_be_visible(timeout=30_000)
    expect(seen.page.get_by_test_id("stSelectbox")).to_have_count(0)
    size = seen.page.evaluate(
        "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    )
    assert size >= 18
    tiles = seen.page.locator(".b-tiles").bounding_box()
    assert tiles["y"] + tiles["height"] <= SIZES["desk"][1]

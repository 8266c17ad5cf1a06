"""The sliders and the comparison in real Chromium: by keyboard, and by the address."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dashboards.texts import t
from tests.dashboards import test_browser
from tests.dashboards.test_browser import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

server, browser, visit = test_browser.server, test_browser.browser, test_browser.visit


def open_budget(seen, lang="en"):
    seen.open("budget", lang=lang, run="good")
    expect(seen.page.get_by_role("slider")).to_have_count(2, timeout=90_000)
    curves = seen.page.get_by_text(t("app.budget.curves.title", lang)).first
    expect(curves).to_be_visible(timeout=90_000)


def test_a_slider_moves_by_keyboard_and_the_others_with_it(visit):
    seen = visit()
    open_budget(seen)
    first, second = (seen.page.get_by_role("slider").nth(i) for i in range(2))
    expect(seen.page.locator("p.b-lead").first).to_contain_text("Today's split")
    first.focus()
    seen.page.keyboard.press("ArrowLeft")
    numbers = seen.page.get_by_label(t("app.budget.number", "en"))
    expect(numbers.nth(0)).to_have_value("75000")
    expect(numbers.nth(1)).to_have_value("105000")
    expect(seen.page.locator("p.b-lead").first).not_to_contain_text("Today's split")
    second.focus()
    seen.page.keyboard.press("ArrowLeft")
    expect(numbers.nth(0)).to_have_value("80000")
    expect(seen.page.locator("p.b-lead").first).to_contain_text("Today's split")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_of_the_sliders_is_cut_off(visit, lang):
    seen = visit()
    open_budget(seen, lang)
    for size, (width, _) in SIZES.items():
        seen.resize(size)
        for bar in seen.page.locator(".b-bar").all():
            box = bar.bounding_box()
            assert box["x"] >= 0, size
            assert box["x"] + box["width"] <= width, size
            assert box["width"] > 120, size


def test_runs_to_compare_stay_in_the_address(visit):
    seen = visit()
    seen.open("compare", lang="en", run="good", **{"with": "planned"})
    figures = seen.page.get_by_text(t("app.compare.figures.title", "en")).first
    expect(figures).to_be_visible(timeout=90_000)
    seen.page.reload()
    seen.settle()
    expect(figures).to_be_visible(timeout=90_000)
    seen.expect_query(lang="en", scenario="minimal", run="good", **{"with": "planned"})

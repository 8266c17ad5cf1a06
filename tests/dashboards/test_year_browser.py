"""The year in progress in real Chromium: bars, lists, charts and files of a ledger."""

from __future__ import annotations

import csv
import io
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dashboards.runs import LEDGERS
from dashboards.texts import t
from tests.dashboards.test_browser import SIZES, browser, query_of, server, visit
from tests.dashboards.yearsample import DAY, broken_row, ledger_in, nowcast_of, store_nowcast

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# Pytest finds fixtures by their names in this module.
__all__ = ["browser", "server", "visit"]


@pytest.fixture(scope="module")
def run_store(run_store, tmp_path_factory, minimal, minimal_forecast):
    """The sample's runs with a ledger that has a row nobody can read, and a nowcast."""
    root = tmp_path_factory.mktemp("year")
    shutil.copytree(run_store / "good", root / "good")
    ledger = ledger_in(root / LEDGERS / "minimal")
    store_nowcast(root / "good", nowcast_of(minimal, minimal_forecast.data, ledger, DAY, 300))
    broken_row(ledger)
    return root


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_a_ledger_is_whole_and_no_wider_than_the_screen(visit, lang):
    seen = visit()
    seen.open("year", lang=lang, run="good")
    page = seen.page
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(7)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    for size in SIZES:
        seen.resize(size)
        overflow = page.evaluate(
            "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
            ".map(e => e.scrollWidth - e.clientWidth)"
        )
        assert overflow == [0, 0], size
        bars = page.locator(".b-bar").evaluate_all("all => all.map(e => e.offsetWidth)")
        assert len(bars) == 8
        assert min(bars) >= 120, size
    loud = [words for words in seen.complaints if "404" not in words]
    assert loud == []


def test_no_serious_barrier_with_every_list_open(visit):
    seen = visit()
    seen.open("year", lang="zh", run="good")
    for summary in seen.page.locator("details summary").all():
        summary.click()
    seen.page.wait_for_timeout(500)
    report = Axe().run(seen.page).response
    serious = {
        found["id"]: [node["html"][:120] for node in found["nodes"]]
        for found in report["violations"]
        if found["impact"] in ("serious", "critical")
    }
    assert serious == {}
    assert "color-contrast" in {rule["id"] for rule in report["passes"]}


def test_the_sentence_is_on_the_first_screen(visit):
    seen = visit()
    seen.open("year", lang="zh", run="good")
    box = seen.page.locator(".b-lead").first.bounding_box()
    assert box["y"] + box["height"] < SIZES["desk"][1]


def test_the_weekly_check_is_downloaded_as_of_the_day_in_the_bar(visit):
    seen = visit()
    seen.open("year", lang="en", run="good", asof="2024-08-11")
    seen.page.get_by_role("button", name=t("download.open", "en")).click()
    with seen.page.expect_download() as caught:
        seen.page.get_by_role("button", name=t("download.weekly-check", "en")).click()
    assert caught.value.suggested_filename == "weekly-check-minimal-2024-08-11-en.csv"
    text = caught.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "Requests overdue" in {row["To do"] for row in rows}
    # Due on the 12th of August: nobody is late with it yet.
    assert "Duties not done" not in {row["To do"] for row in rows}


def test_a_bureau_is_chosen_for_the_charts(visit):
    seen = visit()
    seen.open("year", lang="en", run="good")
    charts = seen.page.get_by_test_id("stVegaLiteChart")
    expect(charts.nth(3)).to_have_attribute("aria-label", re.compile(r"CNY 120\.00 m"))
    seen.page.get_by_role("radio", name="Shenzhen").or_(
        seen.page.get_by_role("button", name="Shenzhen")
    ).first.click()
    # Nothing was signed there.
    expect(charts.nth(3)).to_have_attribute("aria-label", re.compile(r"CNY 0 recorded"))
    seen.settle()
    assert query_of(seen.page.url)["run"] == "good"

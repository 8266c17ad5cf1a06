"""The page of data in real Chromium: upload, faults, the mended upload, accept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboards import library
from dashboards.texts import t
from scenarios.workbook.read import read_workbook
from tests.dashboards import test_browser
from tests.dashboards.test_browser import LANGS, SIZES
from tests.scenarios.books import edited, put

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

server, browser, visit = test_browser.server, test_browser.browser, test_browser.visit


@pytest.fixture(scope="module")
def run_store(tmp_path_factory):
    """A house without runs, so that what is saved here is nobody else's."""
    return tmp_path_factory.mktemp("data-runs")


def choose(seen, file):
    seen.page.locator("input[type=file]").set_input_files(file)
    seen.settle()


@pytest.mark.parametrize("lang", LANGS)
def test_a_faulty_workbook_is_mended_uploaded_again_and_accepted(visit, run_store, tmp_path, lang):
    bad, good = tmp_path / "bad.xlsx", tmp_path / "good.xlsx"
    bad.write_bytes(edited(put("Companies", 2, "priority points", "much")))
    good.write_bytes(edited(put("Companies", 2, "priority points", 33)))
    name = f"city-{lang}"
    seen = visit()
    seen.open("data", lang=lang, scenario="minimal")
    page = seen.page

    choose(seen, bad)
    expect(page.get_by_text(t("app.data.faults", lang, n=1))).to_be_visible(timeout=20_000)
    expect(page.get_by_role("cell", name="'much'")).to_be_visible()
    accept = page.get_by_role("button", name=t("app.data.accept", lang))
    expect(accept).to_have_count(0)

    choose(seen, good)
    expect(page.get_by_text(t("app.data.sound", lang))).to_be_visible(timeout=20_000)
    expect(page.get_by_role("cell", name="33", exact=True)).to_be_visible()
    box = page.get_by_role("textbox", name=t("app.data.name", lang))
    box.fill(name)
    box.press("Tab")
    seen.settle()
    accept.click()
    expect(page.get_by_text(t("app.data.saved", lang, name=name))).to_be_visible(timeout=20_000)
    seen.settle()
    page.wait_for_url(re.compile(rf"scenario={name}(&|$)"))

    found = library.load(run_store, name)
    wanted = read_workbook(good).model_copy(update={"id": name})
    assert found.content_hash == wanted.content_hash
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_every_part_of_the_page_fits_every_screen(visit):
    seen = visit()
    seen.open("data", lang="zh", scenario="bole-2023")
    for part in ("upload", "tables", "settings", "holidays"):
        seen.page.get_by_role("tab", name=t(f"app.data.part.{part}", "zh")).click()
        for size in SIZES:
            seen.resize(size)
            overflow = seen.page.evaluate(
                "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
                ".map(e => e.scrollWidth - e.clientWidth)"
            )
            assert overflow == [0, 0], (part, size)
    assert [words for words in seen.complaints if "404" not in words] == []

"""The app in real Chromium: what people see, at the sizes they see it, with nothing from afar."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from dashboards.app import PAGES
from dashboards.serve import LOOPBACK, streamlit_argv
from dashboards.texts import t

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SIZES = {"desk": (1366, 768), "hall": (1920, 1080), "phone": (390, 844)}
LANGS = ("zh", "en")
# A page opened by its own address asks for the server's state below that address first.
KNOWN_MISSES = re.compile(rf"/({'|'.join(PAGES)})/_stcore/(health|host-config)$")


@pytest.fixture(scope="module")
def server(run_store, tmp_path_factory):
    """Address of a real server on a free loopback port, its runs being the sample's."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "BUREAU_RUNS": str(run_store)}
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            streamlit_argv(port), cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            address = f"http://{LOOPBACK}:{port}"
            _wait_for(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(address, process, seconds=40):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended at once"
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"no answer from {address} within {seconds} s")


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield found
        found.close()


@dataclass
class Visit:
    """An open page, and what went by while it was open."""

    page: object
    server: str
    requests: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path, **query):
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        self.page.goto(f"{self.server}/{path}?{asked}")
        self.settle()

    def settle(self):
        expect(self.page.locator("footer.b-footer")).to_be_visible(timeout=30_000)
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)

    def resize(self, size):
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        # Charts follow the width of their column a moment later.
        self.page.wait_for_timeout(400)

    def expect_query(self, **asked):
        # The address changes a moment after what is drawn: the two reach the browser apart.
        self.page.wait_for_url(lambda url: query_of(url) == asked, timeout=30_000)


def query_of(url):
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
def visit(browser, server):
    """Return a function that opens a fresh page."""
    contexts = []

    def start():
        width, height = SIZES["desk"]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        contexts.append(context)
        found = Visit(context.new_page(), server)
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.on("websocket", lambda channel: found.requests.append(channel.url))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("response", lambda r: found.misses.append(r.url) if r.status >= 400 else None)
        found.page.on(
            "console", lambda m: found.complaints.append(m.text) if m.type == "error" else None
        )
        return found

    yield start
    for context in contexts:
        context.close()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_quiet_and_no_wider_than_the_screen(visit, name, lang):
    seen = visit()
    seen.open(name, lang=lang, run="good")
    page = seen.page
    expect(page.locator("h1")).to_have_text(t(f"app.{name}.title", lang))
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    for size in SIZES:
        seen.resize(size)
        overflow = page.evaluate(
            "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
            ".map(e => e.scrollWidth - e.clientWidth)"
        )
        assert overflow == [0, 0], size
    local = re.compile(rf"(https?|wss?)://{re.escape(LOOPBACK)}:|data:|blob:")
    assert len(seen.requests) > 10
    assert [url for url in seen.requests if not local.match(url)] == []
    assert [url for url in seen.misses if not KNOWN_MISSES.search(urlsplit(url).path)] == []
    # Chromium adds a line of its own to the console for each of the known misses.
    loud = [words for words in seen.complaints if "404" not in words]
    assert loud == []
    assert len(seen.complaints) <= len(seen.misses)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_serious_barrier(visit, name):
    seen = visit()
    seen.open(name, lang="zh", run="good")
    report = Axe().run(seen.page).response
    serious = {
        found["id"]: [node["html"][:120] for node in found["nodes"]]
        for found in report["violations"]
        if found["impact"] in ("serious", "critical")
    }
    assert serious == {}
    assert "color-contrast" in {rule["id"] for rule in report["passes"]}


def test_the_language_switch_keeps_the_run_and_the_page(visit):
    seen = visit()
    seen.open("calendar", lang="zh", run="planned", asof="2024-08-05")
    seen.page.get_by_role("radio", name="English").or_(
        seen.page.get_by_role("button", name="English")
    ).first.click()
    expect(seen.page.locator("h1")).to_have_text(t("app.calendar.title", "en"))
    seen.settle()
    assert urlsplit(seen.page.url).path == "/calendar"
    seen.expect_query(lang="en", scenario="minimal", run="planned", asof="2024-08-05")


def test_another_page_keeps_run_language_and_date(visit):
    seen = visit()
    seen.open("cockpit", lang="en", run="planned", asof="2024-08-05")
    seen.page.get_by_role("button", name=t("app.section.rota", "en")).click()
    seen.page.get_by_role("menuitem", name=t("app.calendar.nav", "en")).click()
    expect(seen.page.locator("h1")).to_have_text(t("app.calendar.title", "en"))
    seen.settle()
    assert urlsplit(seen.page.url).path == "/calendar"
    seen.expect_query(lang="en", scenario="minimal", run="planned", asof="2024-08-05")


def test_the_root_leads_to_the_cockpit_and_its_address(visit):
    seen = visit()
    seen.open("", lang="en")
    expect(seen.page.locator("h1")).to_have_text(t("app.cockpit.title", "en"))
    assert urlsplit(seen.page.url).path == "/cockpit"


def test_a_reload_shows_the_same(visit):
    seen = visit()
    seen.open("cockpit", lang="en", run="planned")
    seen.page.reload()
    seen.settle()
    expect(seen.page.locator("h1")).to_have_text(t("app.cockpit.title", "en"))
    seen.expect_query(lang="en", scenario="minimal", run="planned")


@pytest.mark.parametrize("lang", LANGS)
def test_the_wall_chart_is_seen_and_large_enough_to_read(visit, lang, minimal):
    seen = visit()
    seen.open("calendar", lang=lang, run="good")
    chart = seen.page.locator("svg[role=img]").first
    for size in SIZES:
        seen.resize(size)
        expect(chart).to_be_visible()
        box = chart.bounding_box()
        assert box["width"] >= 1100, size
        assert box["height"] > 300, size
    home = minimal.organisation.home.get(lang)
    assert chart.get_attribute("aria-label") == t("app.wall.title", lang, home=home)
    assert chart.locator("g.leave").count() == 4
    smallest = chart.evaluate(
        "svg => Math.min(...[...svg.querySelectorAll('text')]"
        ".map(e => e.getBoundingClientRect().height))"
    )
    assert smallest >= 9


def test_the_wall_chart_can_be_downloaded_as_it_is_seen(visit):
    seen = visit()
    seen.open("calendar", lang="zh", run="good")
    with seen.page.expect_download() as caught:
        seen.page.get_by_role("button", name=t("app.calendar.download", "zh")).click()
    assert caught.value.suggested_filename == "rota-good-zh.svg"
    content = caught.value.path().read_text(encoding="utf-8")
    assert content.startswith("<svg ")
    assert content.endswith("</svg>")


def test_charts_are_drawn_and_named(visit):
    seen = visit()
    seen.open("forecast", lang="en", run="good", part="amounts")
    charts = seen.page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(5)
    sizes = charts.evaluate_all(
        "all => all.map(e => { const c = e.querySelector('canvas, svg').getBoundingClientRect();"
        " return Math.min(c.width, c.height) })"
    )
    assert min(sizes) > 100

"""The planners' desk in real Chromium: blocks that are dragged, keys, tables, and what stays."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from typer.testing import CliRunner

from dashboards import draft as drafts
from dashboards.cli import app
from dashboards.rotation.choice import VIEWS
from dashboards.runs import read_run
from dashboards.serve import LOOPBACK, streamlit_argv
from dashboards.texts import t
from tests.dashboards.test_browser import FLAGS, _wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SIZES = {"desk": (1366, 768), "wide": (1920, 1080), "phone": (390, 844)}
KEY = ("east-chief", "2024-Q3")


@dataclass
class Desk:
    """An open page on the desk of one run."""

    page: object
    address: str
    root: Path
    run_id: str = "good"

    def open(self, lang="en", view="edit", run="good", size="desk"):
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        self.run_id = run
        self.page.goto(f"{self.address}/calendar?lang={lang}&view={view}&run={run}")
        self.settle()

    def settle(self):
        expect(self.page.locator("footer.b-footer")).to_be_visible(timeout=30_000)
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)

    @property
    def run(self):
        return read_run(self.root / self.run_id)

    def edits(self):
        return drafts.load(self.root, self.run).edits

    def block(self, key=KEY):
        return self.page.locator(f".block[data-key='{' '.join(key)}']")

    def shown(self, key=KEY):
        return int(self.block(key).get_attribute("aria-valuenow"))

    def start(self, key=KEY):
        return next(x.start for x in self.run.plan.leaves if (x.person, x.period) == key)

    def expect_at(self, day, key=KEY):
        expect(self.block(key)).to_have_attribute("aria-valuenow", str(day))

    def expect_stored(self, day, key=KEY):
        wanted = self.run.scenario.days.date_of(day)
        until = time.monotonic() + 30
        while self.edits().leaves.get(key) != wanted and time.monotonic() < until:
            time.sleep(0.05)
        assert self.edits().leaves.get(key) == wanted

    def drag(self, days, key=KEY):
        """Drag a block, and leave it to the caller to let go."""
        self.block(key).scroll_into_view_if_needed()
        box = self.block(key).bounding_box()
        length = self.run.scenario.rules.leave.length_days
        x, y = box["x"] + box["width"] / 2, box["y"] + 9
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 2 + days * box["width"] / length / 2, y, steps=3)
        self.page.mouse.move(x + days * box["width"] / length, y, steps=3)


@pytest.fixture(scope="module")
def store(run_store, tmp_path_factory):
    """Runs of this file's own, one of them with a plan of the solver's."""
    root = tmp_path_factory.mktemp("desk") / "runs"
    shutil.copytree(run_store, root)
    options = ["--out", str(root / "solved"), "--time-limit", "4"]
    made = CliRunner().invoke(app, ["plan", "minimal", *options])
    assert made.exit_code == 0, made.stderr
    return root


@pytest.fixture(scope="module")
def served(store, tmp_path_factory):
    """Address and process of a real server."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "BUREAU_RUNS": str(store)}
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            streamlit_argv(port), cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            address = f"http://{LOOPBACK}:{port}"
            _wait_for(f"{address}/_stcore/health", process)
            yield address, process
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def desk(browser, served, store):
    """A fresh page; no draft lies there yet."""
    for run in ("good", "solved"):
        drafts.discard(store, run)
    context = browser.new_context(locale="zh-CN")
    complaints, requests = [], []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    yield Desk(page, served[0], store)
    context.close()
    assert complaints == []
    local = (f"http://{LOOPBACK}", f"ws://{LOOPBACK}", "data:", "blob:")
    assert [url for url in requests if not url.startswith(local)] == []


@pytest.mark.parametrize("days", [5, -4])
def test_a_block_that_is_dragged_moves_the_leave_and_is_judged(desk, days):
    desk.open("zh")
    start = desk.start()
    desk.drag(days)
    desk.expect_at(start + days)
    assert desk.edits().count == 0
    desk.page.mouse.up()
    expect(desk.page.locator(".b-check")).to_be_visible()
    desk.expect_stored(start + days)
    desk.expect_at(start + days)


def test_the_check_follows_every_letting_go(desk):
    desk.open("zh")
    desk.drag(2)
    desk.page.mouse.up()
    expect(desk.page.locator(".b-check")).to_be_visible()
    for n in range(3):
        desk.settle()
        desk.page.wait_for_timeout(300)
        before = desk.page.locator(".b-check").inner_text()
        desk.drag(4 if n % 2 == 0 else -4)
        desk.page.mouse.up()
        expect(desk.page.locator(".b-check")).not_to_have_text(before, use_inner_text=True)


def test_escape_takes_a_drag_back(desk):
    desk.open()
    start = desk.start()
    desk.block().focus()
    desk.drag(5)
    desk.page.keyboard.press("Escape")
    desk.page.mouse.up()
    desk.expect_at(start)
    desk.page.wait_for_timeout(500)
    assert desk.edits().count == 0


def test_arrow_keys_move_a_day_and_with_shift_a_week_as_one_step(desk):
    desk.open()
    start = desk.start()
    desk.block().focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowLeft", "ArrowRight"):
        desk.page.keyboard.press(key)
    desk.expect_stored(start + 8)
    assert drafts.load(desk.root, desk.run).at == 1
    desk.settle()
    focused = "() => document.activeElement.shadowRoot?.activeElement?.dataset.key"
    desk.page.wait_for_function(f"({focused})() === '{' '.join(KEY)}'")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_step_is_read_out_with_what_the_audit_says_in_the_pages_language(desk, lang):
    desk.open(lang)
    start = desk.start()
    desk.block().focus()
    desk.page.keyboard.press("ArrowRight")
    desk.expect_stored(start + 1)
    words = {"zh": "审核：", "en": "Audit: "}[lang]
    region = desk.page.locator(".said[aria-live=polite]")
    expect(region).to_contain_text(words)
    person = next(p for _, p in desk.run.scenario.persons if p.id == KEY[0])
    expect(region).to_contain_text(person.title.get(lang))
    assert KEY[0] not in desk.block().get_attribute("aria-valuetext")


def test_undo_puts_the_block_back_and_redo_moves_it_again(desk):
    desk.open()
    start = desk.start()
    desk.block().focus()
    desk.page.keyboard.press("Shift+ArrowRight")
    desk.expect_stored(start + 7)
    desk.page.get_by_role("button", name=t("app.calendar.edit.undo", "en"), exact=True).click()
    desk.expect_at(start)
    assert desk.edits().count == 0
    desk.page.get_by_role("button", name=t("app.calendar.edit.redo", "en"), exact=True).click()
    desk.expect_at(start + 7)


def test_a_pin_and_a_move_survive_a_reload(desk):
    desk.open()
    start = desk.start()
    desk.block().focus()
    desk.page.keyboard.press("p")
    expect(desk.block()).to_have_class("block held")
    desk.block().focus()
    desk.page.keyboard.press("ArrowRight")
    desk.expect_stored(start + 1)
    desk.page.reload()
    desk.settle()
    desk.expect_at(start + 1)
    assert "held" in desk.block().get_attribute("class")
    assert desk.edits().held_leaves == {KEY}


def test_enter_opens_the_leave_with_its_group_and_lets_it_be_pinned(desk):
    desk.open()
    desk.block().focus()
    desk.page.keyboard.press("Enter")
    desk.page.get_by_role("button", name="Pin the group of").click()
    visit = next(x for x in desk.run.plan.visits if x.escort == KEY[0])
    until = time.monotonic() + 30
    while not desk.edits().held_visits and time.monotonic() < until:
        time.sleep(0.05)
    assert desk.edits().held_visits == {visit.id}


def test_groups_move_along_where_that_is_asked_for(desk):
    desk.open()
    start = desk.start()
    desk.page.get_by_text(t("app.calendar.edit.along", "en")).click()
    desk.settle()
    desk.block().focus()
    desk.page.keyboard.press("ArrowRight")
    desk.expect_stored(start + 1)
    visit = next(x for x in desk.run.plan.visits if x.escort == KEY[0])
    assert desk.edits().visits == {visit.id: desk.run.scenario.days.date_of(visit.start + 1)}


def test_a_pin_set_in_the_table_counts_once_it_is_taken_over(desk):
    desk.open()
    desk.page.get_by_text(t("app.calendar.table.leaves", "en")).click()
    grid = desk.page.get_by_test_id("stDataFrame").first.locator("canvas").first
    expect(grid).to_be_visible()
    # The first row's first cell; the pin is three columns on. What takes the click lies over it.
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    desk.page.mouse.click(box["x"] + 40, box["y"] + 52)
    # Keys count from the cell the grid has chosen: each is pressed once the last one has arrived.
    chosen = desk.page.locator("[role=gridcell][aria-selected=true]")
    expect(chosen).to_have_count(1)
    first = int(chosen.get_attribute("aria-colindex"))
    for i in range(1, 4):
        desk.page.keyboard.press("ArrowRight")
        expect(chosen).to_have_attribute("aria-colindex", str(first + i))
    desk.page.keyboard.press("Space")
    desk.page.wait_for_timeout(1_000)
    assert desk.edits().count == 0
    take = desk.page.get_by_role("button", name=t("app.calendar.table.take", "en")).first
    take.click()
    expect(desk.block()).to_have_class("block held")
    assert desk.edits().held_leaves == {KEY}


def test_the_page_process_never_loads_the_solver(desk, served):
    if not sys.platform.startswith("linux"):
        pytest.skip("what a process has loaded is read from /proc")
    desk.open()
    start = desk.start()
    desk.block().focus()
    desk.page.keyboard.press("ArrowRight")
    desk.expect_stored(start + 1)
    maps = Path(f"/proc/{served[1].pid}/maps").read_text(encoding="utf-8")
    assert "pandas" in maps
    assert "ortools" not in maps


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_has_a_serious_barrier(desk, view):
    desk.open("zh", view)
    if view == "edit":
        desk.block().focus()
        desk.page.keyboard.press("Shift+ArrowRight")
        expect(desk.page.locator(".b-check")).to_be_visible()
        desk.settle()
    report = Axe().run(desk.page).response
    serious = {
        found["id"]: [node["html"][:160] for node in found["nodes"]]
        for found in report["violations"]
        if found["impact"] in ("serious", "critical")
    }
    assert serious == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_is_wider_than_the_screen(desk, view, lang):
    desk.open(lang, view)
    for width, height in SIZES.values():
        desk.page.set_viewport_size({"width": width, "height": height})
        desk.page.wait_for_timeout(400)
        overflow = desk.page.evaluate(
            "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
            ".map(e => e.scrollWidth - e.clientWidth)"
        )
        assert overflow == [0, 0], (width, height)


def test_a_block_of_the_wall_chart_is_told_when_it_is_pointed_at(desk):
    desk.open("zh", "year")
    tip = desk.page.locator("p.tip")
    expect(tip).to_have_text(t("app.calendar.wall.hint", "zh"))
    desk.page.locator("g.visit").first.click()
    visit = min(desk.run.plan.visits, key=lambda x: x.start)
    expect(tip).to_contain_text(f"{len(visit.companies)} 家企业")
    desk.page.locator("g.leave[data-person='east-deputy']").hover()
    expect(tip).to_contain_text("轮休")


def test_a_narrow_screen_is_shown_the_way_to_the_list(desk):
    desk.open("zh", "year", size="phone")
    hint = desk.page.get_by_text(t("app.calendar.narrow", "zh"))
    expect(hint).to_be_visible()
    desk.page.set_viewport_size({"width": 1366, "height": 768})
    expect(hint).to_be_hidden()


def test_planning_again_shows_what_changed_and_leads_to_the_new_plan_which_is_published(desk):
    desk.open(run="solved")
    leave = desk.run.plan.leaves[0]
    key = (leave.person, leave.period)
    last = desk.run.scenario.days.n_days - desk.run.scenario.rules.leave.length_days
    by = 1 if leave.start < last else -1
    desk.block(key).focus()
    desk.page.keyboard.press("ArrowRight" if by > 0 else "ArrowLeft")
    desk.expect_stored(leave.start + by, key)
    desk.settle()
    desk.page.get_by_role("button", name=t("app.calendar.again.start", "en")).click()
    show = desk.page.get_by_role("button", name="Open the new plan")
    expect(show).to_be_visible(timeout=90_000)
    expect(desk.page.get_by_text(t("app.calendar.why.by_hand", "en"))).to_have_count(1)
    show.click()
    desk.page.wait_for_url(lambda url: "again" in url, timeout=30_000)
    desk.settle()
    run_id = parse_qs(urlsplit(desk.page.url).query)["run"][0]
    made = read_run(desk.root / run_id)
    moved = next(x for x in made.plan.leaves if (x.person, x.period) == key)
    assert moved.start == leave.start + by
    heading = desk.page.get_by_role("heading", name=t("app.calendar.changes.title", "en"))
    expect(heading).to_have_count(1)
    desk.open(run=run_id)
    assert desk.edits().held_leaves == {key}
    desk.page.get_by_role("button", name="Publish as version 1").click()
    expect(desk.page.get_by_text("This plan is version 1").first).to_be_visible()
    stored = json.loads((desk.root / "publications.json").read_text(encoding="utf-8"))
    assert [(one["run"], one["version"]) for one in stored] == [(run_id, 1)]

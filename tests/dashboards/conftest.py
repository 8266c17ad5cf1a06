from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from dashboards.runs import Inputs
from dashboards.store import Meta, write_run
from planner.plan import Trip, tables
from scenarios.load import load_scenario
from tests.dashboards.sample import FUTURES, forecast_of, plan_of


@pytest.fixture(autouse=True)
def own_main(monkeypatch):
    """Give ``__main__`` back: AppTest leaves its script there, and spawned workers would run it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def minimal():
    return load_scenario("minimal")


@pytest.fixture(scope="session")
def bole():
    return load_scenario("bole-2023")


@pytest.fixture(scope="session")
def minimal_tables(minimal):
    return tables(minimal, plan_of(minimal))


@pytest.fixture(scope="session")
def minimal_forecast(minimal):
    return forecast_of(minimal, plan_of(minimal))


@pytest.fixture(scope="session")
def run_store(tmp_path_factory, minimal, minimal_forecast):
    """Runs as a user has them: ``good`` with a forecast, ``planned`` without."""
    from planner.audit import audit

    root = tmp_path_factory.mktemp("runs")
    plan = plan_of(minimal)
    findings = audit(minimal, tables(minimal, plan))
    for name, forecast in (("planned", None), ("good", minimal_forecast)):
        inputs = Inputs(seed=7, futures=FUTURES if forecast else 0, time_limit_s=1.0)
        write_run(root / name, minimal, plan, findings, forecast, Meta(inputs, {}))
    return root


@pytest.fixture(scope="session")
def travelled(tmp_path_factory, minimal):
    """A run in which a leader travels, and one in which leaders could and do not."""
    from planner.audit import audit

    rules = minimal.rules.model_validate({"leader_trips": {"inspections": "either"}})
    scenario = minimal.model_copy(update={"rules": rules})
    bureau, (leader, *_) = scenario.organisation.bureaus[0], scenario.organisation.leaders
    companies = [c.id for c in scenario.companies if c.bureau == bureau.id][-2:]
    trip = Trip(
        f"{bureau.id}-t01",
        bureau.id,
        leader.id,
        leader.tier,
        3,
        5,
        bureau.persons[0].id,
        tuple(companies),
    )
    root = tmp_path_factory.mktemp("travelled")
    for name, trips in (("trips", (trip,)), ("none", ())):
        plan = replace(plan_of(scenario), trips=trips)
        findings = audit(scenario, tables(scenario, plan))
        meta = Meta(Inputs(seed=None, futures=0, time_limit_s=1.0), {})
        write_run(root / name, scenario, plan, findings, None, meta)
    return root


@pytest.fixture(scope="session")
def broken_store(tmp_path_factory, run_store):
    """A run whose scenario is cut short."""
    root = tmp_path_factory.mktemp("broken")
    shutil.copytree(run_store / "good", root / "broken")
    scenario = root / "broken" / "scenario.json"
    scenario.write_bytes(scenario.read_bytes()[:500])
    return root


@pytest.fixture(scope="session")
def chromium():
    """Path of a Chromium; where none is installed the test is skipped, or fails if one must be.

    What a page must show is waited for as long as a busy machine needs.
    """
    expect.set_options(timeout=30_000)
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    if os.environ.get("BUREAU_REQUIRE_BROWSER") == "1":
        pytest.fail("no Chromium found, and BUREAU_REQUIRE_BROWSER=1 asks for one")
    return pytest.skip("no Chromium found (Debian: apt-get install chromium fonts-noto-cjk)")


@pytest.fixture(scope="session")
def soffice():
    """Path of a LibreOffice; without one the test is skipped, or fails where one must be."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return found
    if os.environ.get("BUREAU_REQUIRE_BROWSER") == "1":
        pytest.fail("no LibreOffice found, and BUREAU_REQUIRE_BROWSER=1 asks for one")
    return pytest.skip("no LibreOffice found (Debian: apt-get install libreoffice-calc)")

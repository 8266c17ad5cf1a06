from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from dashboards.runs import Inputs
from dashboards.store import Meta, write_run
from planner.audit import audit
from planner.plan import tables
from scenarios.model import Scenario
from tests.dashboards.sample import FUTURES, forecast_of, plan_of


def write(root, scenario, plan, *, forecast=True, seed=7):
    """Write a run of a plan that is made by hand."""
    inputs = Inputs(seed=seed, futures=FUTURES if forecast else 0, time_limit_s=1.0)
    found = forecast_of(scenario, plan, seed) if forecast else None
    return write_run(
        root, scenario, plan, audit(scenario, tables(scenario, plan)), found, Meta(inputs, {})
    )


def other(scenario, **updates):
    """Return a scenario with some fields given anew, checked as any other."""
    return Scenario.model_validate({**scenario.model_dump(), **updates})


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Write a run into a folder of its own: ``written(scenario, plan, ...)``."""

    def make(scenario, plan=None, name="run", **how):
        root = tmp_path_factory.mktemp("papers")
        return write(root / name, scenario, plan or plan_of(scenario), **how)

    return make


@pytest.fixture(scope="session")
def good(run_store):
    from dashboards.runs import read_run

    return read_run(run_store / "good")


@pytest.fixture(scope="session")
def planned(run_store):
    from dashboards.runs import read_run

    return read_run(run_store / "planned")


@pytest.fixture(scope="session")
def bole_run(written, bole):
    """The city with its four bureaus, all targets and all readings."""
    return written(bole, name="bole")


@pytest.fixture(scope="session")
def eight(written, bole):
    """A run of a city with eight bureaus: each of the four, and its twin."""
    data = bole.model_dump()
    twins = []
    for bureau in data["organisation"]["bureaus"]:
        twin = {**bureau, "id": f"{bureau['id']}-two"}
        twin["name"] = {"zh": bureau["name"]["zh"] + "二", "en": bureau["name"]["en"] + " two"}
        twin["city"] = {"zh": bureau["city"]["zh"] + "二", "en": bureau["city"]["en"] + " two"}
        twin["persons"] = [
            {**person, "id": f"{person['id']}-two", "leave_requests": ()}
            for person in bureau["persons"]
        ]
        twins.append(twin)
    data["organisation"]["bureaus"] = [*data["organisation"]["bureaus"], *twins]
    sums = data["budget"]["lump_sum_yuan"]
    data["budget"]["lump_sum_yuan"] = {**sums, **{f"{k}-two": v for k, v in sums.items()}}
    return written(Scenario.model_validate(data), name="eight")


@pytest.fixture(scope="session")
def without_visits(written, minimal):
    plan = plan_of(minimal)
    return written(minimal, replace(plan, visits=()), name="quiet")


@pytest.fixture(scope="session")
def one_grade(written, minimal):
    grades = [{"id": "done", "label": {"zh": "完成", "en": "Done"}, "at_least": 0}]
    assessment = {**minimal.assessment.model_dump(), "grades": grades}
    return written(other(minimal, assessment=assessment), name="one-grade")


def _program(name, packages):
    found = shutil.which(name)
    if found:
        return found
    if os.environ.get("BUREAU_REQUIRE_BROWSER") == "1":
        pytest.fail(f"no {name} found, and BUREAU_REQUIRE_BROWSER=1 asks for it")
    return pytest.skip(f"no {name} found (Debian: apt-get install {packages})")


@pytest.fixture(scope="session")
def pdffonts():
    """Path of poppler's ``pdffonts``."""
    return _program("pdffonts", "poppler-utils")


@pytest.fixture(scope="session")
def as_pdf(tmp_path_factory):
    """Convert Word files by LibreOffice: ``as_pdf(contents)`` gives the bytes of the PDFs."""
    soffice = _program("soffice", "libreoffice-writer")
    home = tmp_path_factory.mktemp("soffice")

    def convert(contents):
        folder = tmp_path_factory.mktemp("converted")
        files = [folder / f"paper-{n}.docx" for n in range(len(contents))]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        command = [soffice, f"-env:UserInstallation={home.as_uri()}", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, files)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return [file.with_suffix(".pdf").read_bytes() for file in files]

    return convert

"""The page on the model names every assumption, with the source and trust the scenario gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenarios.assumptions import KNOWN
from scenarios.load import load_scenario
from tests.sim.model_page import PAGE, SHIPPED, in_step, table

ROOT = Path(__file__).parents[2]
VERIFICATION = ROOT / "docs" / "verification.md"


def test_the_assumptions_on_the_page_are_those_of_the_shipped_scenario():
    page = PAGE.read_text(encoding="utf-8")
    assert page == in_step(page, table(load_scenario(SHIPPED))), "python -m tests.sim.model_page"


def test_every_assumption_the_simulation_knows_has_a_row_with_source_and_trust():
    rows = [line.strip("| ").split(" | ") for line in table(load_scenario(SHIPPED))[2:]]
    assert {row[0].strip("`") for row in rows} == {*KNOWN, "season", "funding", "mode_factor"}
    assert all(len(row) == 7 and row[5] and row[6] in set("ABCDE") for row in rows)


def test_the_page_has_the_headings_of_stress_des():
    headings = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [
        "1. Objectives",
        "2. Logic",
        "3. Data",
        "4. Experimentation",
        "5. Implementation",
        "6. Code access",
        "What this forecast cannot tell you",
    ]


def test_every_test_the_verification_page_names_exists():
    page = VERIFICATION.read_text(encoding="utf-8")
    named = re.findall(r"`(test_[a-z0-9_]+)`", page)
    files = {
        path.stem: path.read_text(encoding="utf-8")
        for path in Path(__file__).parent.glob("test_*.py")
    }
    assert len(named) > 30
    for name in named:
        assert name in files or any(f"def {name}(" in text for text in files.values()), name


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="put them back"):
        in_step("no marks here", [])

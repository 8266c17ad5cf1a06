"""The requirement checklist: complete, and true to the shipped scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenarios.load import load_scenario

CHECKLIST = Path(__file__).parents[2] / "docs" / "checklist.md"
STATES = {"held", "in part", "later", "none"}
TOKEN = r"`[a-z-]+`"


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    lines = CHECKLIST.read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]
    return cells[2:]


def named(rows: list[list[str]], word: str) -> set[str]:
    """Return the ids that stand in backticks after a word, several separated by commas."""
    text = "\n".join(row[4] for row in rows)
    runs = re.findall(rf"{word} ((?:{TOKEN}(?:, | and )?)+)", text)
    return {token.strip("`") for run in runs for token in re.findall(TOKEN, run)}


def test_the_checklist_has_all_51_requirements_each_with_a_state_and_a_place(rows):
    assert [row[0] for row in rows] == [str(n) for n in range(1, 52)]
    assert all(len(row) == 5 and row[3] in STATES and row[4] for row in rows)


def test_every_assumption_and_target_the_checklist_names_is_in_the_scenario(rows):
    bole = load_scenario("bole-2023")
    assumptions, targets = named(rows, "assumptions?"), named(rows, "targets?`?")
    assert len(assumptions) >= 12
    assert assumptions <= {a.id for a in bole.assumptions.items}
    assert targets == {t.id for t in bole.targets}

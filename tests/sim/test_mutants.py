"""Small faults put into the law are found by its own tests: each mutant is killed.

The tests that must kill them never call the kernel: a mutant is judged by dates and amounts worked
out by hand, not by comparison with a twin.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ("tests/sim/test_calendar_year.py", "tests/sim/test_model.py")
TESTS_FAILED = 1
"""What pytest returns where it ran and a test failed; not 2, which a broken module gives."""

MUTANTS = {
    "the horizon ends a day early": (
        "self.env.run(until=_key(self.case.n_days, 0, 0))",
        "self.env.run(until=_key(self.case.n_days - 1, 0, 0))",
    ),
    "the last day's signing is cut": (
        "if not 0 <= signing < case.n_days:",
        "if not 0 <= signing < case.n_days - 1:",
    ),
    "dispatch comes before the day's contacts": (
        "    CONTACT = 9\n    DISPATCH = 10\n",
        "    CONTACT = 10\n    DISPATCH = 9\n",
    ),
    "a day's dues are paid before they fall due": (
        "self.purse.fall_due(day, self.out_until)\n            self.purse.pay(day)",
        "self.purse.pay(day)\n            self.purse.fall_due(day, self.out_until)",
    ),
    "a lapsed call is not dropped from the queue": (
        "                call.made.succeed(False)\n                continue\n",
        "                pass\n",
    ),
    "an opening lapses a day early": ("if day > call.deadline:", "if day >= call.deadline:"),
    "the cause of a loss is forgotten": ('call.obstacle = "money"', 'call.obstacle = "people"'),
    "a trip keeps its person a day longer": (
        "self.busy_until[person] = day + call.days - 1",
        "self.busy_until[person] = day + call.days",
    ),
    "who travels draws per-diem as well": ('if call.head == "travel":', 'if call.head == "":'),
    "a person may leave for longer than they stay": ("left[day] >= days", "left[day] >= 1"),
    "thinning hears one word too many": (
        "if word * self.case.posted < self.case.at_post[day] * ONE:",
        "if word * self.case.posted <= self.case.at_post[day] * ONE:",
    ),
    "a seat is never taken": ("self.seats[i] -= 1", "self.seats[i] -= 0"),
    "a group needs no notice": ("back + NOTICE_DAYS", "back"),
    "a contract is signed on the visit's last day": ("max(visited + 1,", "max(visited,"),
    "the contract's delay runs from the visit": (
        "called + tail.contract_delay_days",
        "visited + tail.contract_delay_days",
    ),
    "the season is that of the call": (
        "case.season_per_mille[signing]",
        "case.season_per_mille[called]",
    ),
    "works start out of season": ("case.works_day[ready] if", "ready if"),
    "the first instalment comes with the start": (
        "start + (i + 1) * case.interval_days",
        "start + i * case.interval_days",
    ),
    "a project screened out is signed all the same": (
        'self.tally("screened_out", lead)\n            return',
        'self.tally("screened_out", lead)',
    ),
    "a night too many is paid": (
        "(days - 1) * self.case.away_night_fen",
        "days * self.case.away_night_fen",
    ),
}
"""Each by its fault: what stands in the model once, and what stands there instead."""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return a copy of what the tests need, to be broken."""
    root = tmp_path_factory.mktemp("mutants")
    ignore = shutil.ignore_patterns("__pycache__")
    for package in ("scenarios", "planner", "sim", "tests/sim"):
        shutil.copytree(ROOT / package, root / package, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def _returned(root, source):
    """Put a source in the place of the model's; run the tests; return their exit code."""
    (root / "sim" / "model.py").write_text(source, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",
        "BUREAU_CACHE": str(root / "cache"),
    }
    command = [sys.executable, "-m", "pytest", "-x", "-m", "not long", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *TESTS], cwd=root, env=environment, capture_output=True, timeout=120, check=False
    )
    return run.returncode, run.stdout.decode()


def _source():
    return (ROOT / "sim" / "model.py").read_text(encoding="utf-8")


def test_the_model_itself_passes_in_the_copy(copy):
    code, said = _returned(copy, _source())
    assert code == 0, said


@pytest.mark.parametrize("fault", MUTANTS)
def test_a_mutant_of_the_model_is_killed(copy, fault):
    right, wrong = MUTANTS[fault]
    source = _source()
    assert source.count(right) == 1, f"the model no longer says: {right}"
    code, said = _returned(copy, source.replace(right, wrong))
    assert code == TESTS_FAILED, said

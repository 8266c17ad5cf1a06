"""Claims about kept code: it is never that of another source or another constant."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from sim import kernel
from sim.compiled import cache_folder, made_from
from sim.packing import EACH

NAMES = {"N": 3, "BOTH": (1, 2), "os": os, "text": "no constant"}


def test_another_source_is_another_folder():
    assert made_from(b"one", NAMES) != made_from(b"other", NAMES)


def test_another_constant_is_another_folder_wherever_it_comes_from():
    same = made_from(b"one", NAMES)
    assert made_from(b"one", {**NAMES, "N": 4}) != same
    assert made_from(b"one", {**NAMES, "BOTH": (2, 1)}) != same
    assert made_from(b"one", {**NAMES, "text": "still none", "sys": sys}) == same


def test_places_of_assumptions_in_the_kernel_are_among_its_constants():
    """They follow the order of another module: were it changed, the folder would be another."""
    source = Path(kernel.__file__).read_bytes()
    names = vars(kernel)
    assert names["TRIP_DAYS"] == EACH.index("trip-days")
    moved = {**names, "TRIP_DAYS": names["TRIP_FARE"], "TRIP_FARE": names["TRIP_DAYS"]}
    assert made_from(source, moved) != made_from(source, names)


def test_the_cache_goes_where_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("BUREAU_CACHE", str(tmp_path))
    assert cache_folder("0123456789abcdef0123").parent == tmp_path / "numba"


def test_without_a_folder_to_write_the_kernel_compiles_all_the_same(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    key = (1, 2)
    code = (
        "import numpy as np; from sim.kernel import words_of;"
        f"print(*words_of(np.array({key}, np.int64), 3, 4, 5, 6))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "BUREAU_CACHE": str(blocked)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    expected = kernel.words_of(np.array(key, np.int64), 3, 4, 5, 6)
    assert said.split() == [str(word) for word in expected]

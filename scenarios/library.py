"""What ships with the package: scenarios, the partial ones they extend, and holiday years.

Everything is found inside the installed package; the current directory is never looked at.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

SCENARIO_FILE = "scenario.yaml"
_HOLIDAYS = re.compile(r"([a-z]+)-(\d{4})\.yaml")


def data_folder() -> Path:
    """Return the folder of shipped data inside the installed package."""
    return Path(str(resources.files("scenarios"))) / "data"


def shipped() -> tuple[str, ...]:
    """Return the names of the shipped scenarios, sorted."""
    found = data_folder().glob(f"*/{SCENARIO_FILE}")
    return tuple(sorted(path.parent.name for path in found))


def shipped_file(name: str) -> Path | None:
    """Return the YAML file of a shipped scenario or partial one, or None.

    Parameters
    ----------
    name
        A shipped scenario such as ``"minimal"``, or a partial one such as ``"priors"``, which is
        no scenario by itself and only serves ``extends``.
    """
    if name in shipped():
        return data_folder() / name / SCENARIO_FILE
    return data_folder() / f"_{name}.yaml" if name in partials() else None


def partials() -> tuple[str, ...]:
    """Return the names of shipped pieces that scenarios extend, sorted."""
    return tuple(sorted(path.stem[1:] for path in data_folder().glob("_*.yaml")))


def holiday_years(country: str) -> dict[int, Path]:
    """Return the shipped holiday files of a country by year; empty when it has none."""
    return {year: path for code, year, path in _holiday_files() if code == country}


def holiday_countries() -> tuple[str, ...]:
    """Return the countries that have holiday years, sorted."""
    return tuple(sorted({code for code, _, _ in _holiday_files()}))


def _holiday_files() -> list[tuple[str, int, Path]]:
    found = []
    for path in sorted((data_folder() / "holidays").iterdir()):
        match = _HOLIDAYS.fullmatch(path.name)
        if match:
            found.append((match[1], int(match[2]), path))
    return found

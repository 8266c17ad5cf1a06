"""The table of assumptions in ``docs/model.md``, written from the shipped scenario.

``python -m tests.sim.model_page`` brings the page into step; a test says where it is not.
"""

from __future__ import annotations

from pathlib import Path

from scenarios.assumptions import (
    KNOWN,
    Assumption,
    Beta,
    Discrete,
    Fixed,
    LogNormal,
    Triangular,
)
from scenarios.load import load_scenario
from scenarios.model import Scenario

PAGE = Path(__file__).parents[2] / "docs" / "model.md"
SHIPPED = "bole-2023"
BEGIN = f"<!-- assumptions of {SHIPPED}: written by tests/sim/model_page.py -->"
END = "<!-- end of assumptions -->"
HEAD = (
    "| assumption | what | distribution | unit | drawn | source | trust |",
    "|---|---|---|---|---|---|---|",
)


def table(scenario: Scenario) -> list[str]:
    """Return the lines of the table: every assumption the forecast rests on, by id."""
    season, funding = scenario.assumptions.season, scenario.assumptions.funding
    weights = ", ".join(f"{weight:g}" for weight in season.signing_weights)
    factors = ", ".join(f"{k} {v:g}" for k, v in sorted(scenario.assumptions.mode_factor.items()))
    works = f"{season.works_start} to {season.works_end}"
    rows = [_row(item) for item in sorted(scenario.assumptions.items, key=lambda item: item.id)]
    rows += [
        (
            "`season`",
            "weight of a signing by quarter; near Spring Festival; works season",
            f"{weights}; {season.spring_festival_weight:g}; {works}",
            "factor; factor; month-day",
            "never",
            season.source,
            season.trust,
        ),
        (
            "`funding`",
            "share of funds at the start of works, and the rest in equal instalments",
            f"{funding.at_start_percent}; {funding.instalments} every {funding.interval_days}",
            "percent; days",
            "never",
            funding.source,
            funding.trust,
        ),
        (
            "`mode_factor`",
            "factor of who receives a visit on signing",
            factors,
            "factor",
            "never",
            "no evidence: neutral where 1",
            "E",
        ),
    ]
    return [*HEAD, *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)]


def _row(item: Assumption) -> tuple[str, ...]:
    shape = _said(item.distribution)
    for bureau, own in sorted(item.by_bureau.items()):
        shape += f"; {bureau}: {_said(own)}"
    drawn = f"once a future{', for all bureaus' if item.scope == 'shared' else ''}"
    if KNOWN[item.id].drawn == "each":
        drawn = "each time"
    what = KNOWN[item.id].meaning.en
    return f"`{item.id}`", what, shape, item.unit, drawn, item.source, item.trust


def _said(distribution: Fixed | LogNormal | Beta | Triangular | Discrete) -> str:
    match distribution:
        case Fixed(value=value):
            return f"{value:,g}" if value < 1e6 else f"{value:,.0f}"
        case LogNormal(median=median, sigma=sigma):
            return f"log-normal, median {_said(Fixed(value=median))}, sigma {sigma:g}"
        case Beta(a=a, b=b):
            return f"Beta({a:g}, {b:g}), mean {a / (a + b):.2f}"
        case Triangular(low=low, mode=mode, high=high):
            return f"triangular {low:g}, {mode:g}, {high:g}"
        case Discrete(values=values, weights=weights):
            shares = ", ".join(
                f"{value}: {weight / sum(weights):.2g}"
                for value, weight in zip(values, weights, strict=True)
            )
            return f"one of {shares}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def in_step(page: str, lines: list[str]) -> str:
    """Return the page with the table between its marks.

    Raises
    ------
    ValueError
        When a mark is missing or stands twice.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        msg = f"docs/model.md: found not one each of {BEGIN!r} and {END!r}; put them back"
        raise ValueError(msg)
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return "\n".join([before + BEGIN, "", *lines, "", END]) + after


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(in_step(text, table(load_scenario(SHIPPED))), encoding="utf-8")

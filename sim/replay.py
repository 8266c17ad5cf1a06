"""The replay: one future lived through again by the law, with its log of events.

The bad, the middling and the good year are found by their number among the futures of the forecast
and replayed in SimPy. The log is held to a fixed vocabulary, and what it tells must add up to the
outcome.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from scenarios.model import Scenario
from sim.case import Case, build_cases
from sim.futures import draw_future
from sim.mapping import chunks, mapped
from sim.model import Log, simulate
from sim.outcome import SPEND_HEADS, BureauOutcome
from sim.results import Results
from sim.samples import IntArray, Job, sample
from sim.tally import MICRO

By = Literal["signed_yuan", "score"]
"""By what years are called bad or good: all bureaus' signed amount, or the sum of their scores
under the default reading."""

QUANTILES: Mapping[str, float] = {"p10": 0.1, "p50": 0.5, "p90": 0.9}

CHUNK = 250
"""Futures a task."""

Detail = Literal["", "fen", "head", "head fen"]

KINDS: Mapping[str, Detail] = {
    "opening": "",
    "queued": "",
    "call": "head",
    "qualified": "",
    "lost_people": "",
    "lost_money": "",
    "lost_seats": "",
    "visit_principal": "",
    "visit_deputy": "",
    "visit_group": "",
    "visit_unit": "",
    "signed": "fen",
    "event_signed": "",
    "screened_out": "",
    "registered": "",
    "started": "",
    "event_started": "",
    "funds": "fen",
    "released": "fen",
    "spent": "head fen",
    "short": "",
}
"""Every kind of event, and what its detail says."""

OF_THE_PURSE: frozenset[str] = frozenset({"released", "spent", "short"})
"""Kinds of events that are about nobody: ``who`` is -1."""

COLUMNS: tuple[str, ...] = ("day", "date", "kind", "bureau", "who", "detail")
"""Columns of a replay's table."""

COUNTS: Mapping[str, str] = {
    "openings": "opening",
    "calls": "call",
    "qualified_leads": "qualified",
    "lost_people": "lost_people",
    "lost_money": "lost_money",
    "visits_principal": "visit_principal",
    "visits_deputy": "visit_deputy",
    "visits_group": "visit_group",
    "visits_unit": "visit_unit",
    "lost_seats": "lost_seats",
    "signed": "signed",
    "registered": "registered",
    "started": "started",
    "event_signed": "event_signed",
    "event_started": "event_started",
    "screened_out": "screened_out",
}
"""Fields of an outcome that count events of one kind."""


@dataclass(frozen=True, eq=False)
class Replay:
    """One future and what happened in it.

    Attributes
    ----------
    future
        Its number; with the seed it is the same world everywhere.
    by, value
        What it was chosen by, and what that came to: yuan, or points.
    events
        Table of :data:`COLUMNS`, a row an event, in the order of days and bureaus.
    """

    future: int
    by: By
    value: float
    events: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Return plain data, without the events."""
        return {"future": self.future, "by": self.by, "value": self.value}


def replays(
    job: Job,
    n: int,
    by: By,
    *,
    executor: Executor | None = None,
    in_flight: int = 4,
    stop: Callable[[], bool] | None = None,
) -> dict[str, Replay] | None:
    """Find the P10, P50 and P90 futures among the first ``n`` and live through them again.

    Parameters
    ----------
    job
        Its tail 0 is what happens in a future.
    n
        Futures to choose from.
    by
        What orders them; of equals the first counts as lower.
    executor, in_flight, stop
        As for :func:`sim.mapping.mapped`.

    Returns
    -------
    dict or None
        By name of the quantile; None where it was stopped.

    Raises
    ------
    ValueError
        When ``by`` is unknown, or the plan belongs to another scenario.
    RuntimeError
        When a log does not tell the outcome it belongs to.
    """
    expect_order(by)
    parts = [
        part
        for _, part in mapped(
            partial(_values, job, by),
            chunks(0, n, CHUNK),
            executor=executor,
            in_flight=in_flight,
            stop=stop,
        )
    ]
    values = np.concatenate([*parts, np.empty(0, np.int64)])
    if len(values) < n:
        return None
    order, unit = np.argsort(values, kind="stable"), 100 if by == "signed_yuan" else MICRO
    found = {}
    for name, q in QUANTILES.items():
        future = int(order[ceil(q * n) - 1])
        found[name] = Replay(future, by, int(values[future]) / unit, replay(job, future))
    return found


def expect_order(by: str) -> None:
    """Refuse what years cannot be ordered by.

    Raises
    ------
    ValueError
        When it is none of :data:`By`.
    """
    if by not in get_args(By):
        msg = f"by: found {by}; allowed: {', '.join(get_args(By))}"
        raise ValueError(msg)


def _values(job: Job, by: By, first: int, count: int) -> IntArray:
    samples = sample(job, first, count)
    if by == "signed_yuan":
        return np.asarray(samples.of("signed_fen").sum(axis=1))
    sheet = next(iter(Results(job.scenario, job.plan, samples).sheets.values()))
    points = np.rint(np.nan_to_num(sheet.total[:, 0, :]) * MICRO).astype(np.int64)
    return np.asarray(points.sum(axis=1))


def replay(job: Job, future: int) -> pd.DataFrame:
    """Return the events of one future of a job, by the law.

    Raises
    ------
    RuntimeError
        When the log breaks its schema, or does not tell the outcome.
    """
    scenario, log = job.scenario, Log()
    cases = build_cases(scenario, job.plan)
    drawn = draw_future(scenario, future, seed=job.seed, role=job.role, reps=job.reps)
    outcome = simulate(cases, drawn, log=log)
    wrong = faults(log, cases)
    for case, own in zip(cases, outcome.bureaus, strict=True):
        rows = [row for row in log if row[2] == case.bureau]
        wrong += [f"{case.bureau}: {name}" for name in disagreements(rows, case, own)]
    if wrong:
        msg = f"the log of future {future} does not hold: {'; '.join(wrong[:5])}"
        raise RuntimeError(msg)
    return table(scenario, log)


def table(scenario: Scenario, log: Log) -> pd.DataFrame:
    """Return a log as a table of :data:`COLUMNS`, by day, then bureau, then as it happened."""
    dates = [scenario.days.date_of(day).isoformat() for day in range(scenario.days.n_days)]
    rows = [
        (day, dates[day], kind, bureau, who, detail)
        for day, kind, bureau, who, detail in sorted(log, key=lambda row: row[0])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def faults(log: Log, cases: Sequence[Case]) -> list[str]:
    """Return what breaks the schema of a log, a line each; nothing where it holds."""
    n_days = {case.bureau: case.n_days for case in cases}
    found = []
    for row in log:
        day, kind, bureau, who, detail = row
        if bureau not in n_days:
            found.append(f"{row}: no such bureau")
        elif not 0 <= day < n_days[bureau]:
            found.append(f"{row}: day outside the horizon")
        elif kind not in KINDS:
            found.append(f"{row}: no such kind")
        elif (who == -1) != (kind in OF_THE_PURSE) or who < -1:
            found.append(f"{row}: who")
        elif not _fits(detail, KINDS[kind]):
            found.append(f"{row}: detail, allowed '{KINDS[kind]}'")
    return found


def _fits(detail: str, form: Detail) -> bool:
    words, forms = detail.split(), form.split()
    return len(words) == len(forms) and all(
        word.isdecimal() if form == "fen" else word in SPEND_HEADS
        for word, form in zip(words, forms, strict=True)
    )


def disagreements(rows: Log, case: Case, outcome: BureauOutcome) -> list[str]:
    """Return the fields of an outcome that its bureau's log tells otherwise.

    Events, liaison items, reports and deductions need no queue and are not in the log; nor are
    arrears.
    """
    return [name for name, told in statistics(rows, case).items() if getattr(outcome, name) != told]


def statistics(rows: Log, case: Case) -> dict[str, Any]:
    """Recompute an outcome from one bureau's log alone.

    Returns
    -------
    dict
        Value by field of :class:`sim.outcome.BureauOutcome`.
    """
    kinds = Counter(kind for _, kind, *_ in rows)
    found: dict[str, Any] = {field: kinds[kind] for field, kind in COUNTS.items()}
    found["waiting"] = found["openings"] - sum(
        found[name] for name in ("calls", "lost_people", "lost_money")
    )
    for name in ("signed", "funds"):
        found[f"{name}_month_fen"] = tuple(_by_month(rows, case, name))
    found["signed_fen"] = sum(found["signed_month_fen"])
    found["spend_fen"] = tuple(tuple(_by_month(rows, case, "spent", h)) for h in SPEND_HEADS)
    found["released_fen"] = sum(_by_month(rows, case, "released"))
    found["balance_fen"] = found["released_fen"] - sum(map(sum, found["spend_fen"]))
    found["dry_day"] = next((day for day, kind, *_ in rows if kind == "short"), -1)
    return found


def _by_month(rows: Log, case: Case, kind: str, head: str = "") -> list[int]:
    found = [0] * case.n_months
    for day, own, _, _, detail in rows:
        if own == kind and detail.startswith(head):
            found[case.month_of[day]] += int(detail.split()[-1])
    return found

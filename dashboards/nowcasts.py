"""The nowcasts of a run: one file a day beside its forecast, made again only when they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dashboards.runs import Run
    from scenarios.ledger import Ledger

NOWCASTS: Final = "nowcasts"
"""Folder within a run's."""

FUTURES: Final = 10_000
"""Futures of a nowcast, by default."""

SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Earlier:
    """The forecast that a nowcast is explained by.

    Attributes
    ----------
    run
        Whose scenario and plan it was made with.
    since
        The last day it knew; the day before the horizon for the forecast of the year.
    told
        The nowcast, or ``forecast.json``.
    """

    run: Run
    since: date
    told: Mapping[str, Any]


def stored(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the stored nowcasts of a run by as-of date, earliest first.

    Raises
    ------
    RunError
        When one cannot be read.
    """
    from dashboards.runs import RunError

    found = {}
    for path in sorted((folder / NOWCASTS).glob("*.json")):
        try:
            told = json.loads(path.read_bytes())
            found[date.fromisoformat(told["as_of"]).isoformat()] = told
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError("run.damaged", file=path, problem=str(error)) from error
    return found


def latest(folder: Path, upto: date) -> dict[str, Any] | None:
    """Return the newest stored nowcast that knew nothing after a day, or None."""
    some = [told for day, told in stored(folder).items() if day <= upto.isoformat()]
    return some[-1] if some else None


def earlier(run: Run, day: date) -> Earlier | None:
    """Return what a nowcast of a day is explained by: the one stored before it, or the forecast.

    None where neither holds the means by month that an explanation needs.
    """
    before = latest(run.folder, day - timedelta(days=1))
    if before is not None:
        return Earlier(run, date.fromisoformat(before["as_of"]), before)
    if run.has_forecast and "fan_mean_yuan" in run.forecast["joint"]:
        return Earlier(run, run.scenario.horizon.start - timedelta(days=1), run.forecast)
    return None


def made(
    run: Run,
    ledger: Ledger,
    day: date,
    *,
    n: int = FUTURES,
    seed: int = SEED,
    learn: bool = True,
    explained_by: Earlier | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Return the nowcast of a day: the stored one where the same was asked for, or a new one.

    Parameters
    ----------
    run
        Its scenario and plan.
    ledger
        As read.
    day
        Records up to its end are known.
    n, seed, learn
        As for :func:`sim.nowcast.nowcast`.
    explained_by
        An earlier forecast: the nowcast says under ``revision`` why it differs.
    workers, progress
        Threads, and who is told how far it is.

    Raises
    ------
    RunError
        When nothing of the horizon is left after the day, or it lies before it.
    """
    from dashboards.runs import RunError
    from sim.nowcast import content_hash, nowcast

    horizon = run.scenario.horizon
    last = horizon.end - timedelta(days=1)
    if not horizon.start <= day <= last:
        raise RunError("nowcast.outside", usage=True, found=day, first=horizon.start, last=last)
    asked = {
        "plan_hash": run.plan.content_hash,
        "n": n,
        "seed": seed,
        "calibrated": learn,
        "ledger": content_hash(ledger.as_of(day)),
        "since": None if explained_by is None else explained_by.since.isoformat(),
    }
    before = stored(run.folder).get(day.isoformat())
    if before is not None and _asked(before) == asked:
        return before
    found = nowcast(
        run.scenario,
        run.plan,
        ledger,
        day,
        n=n,
        seed=seed,
        learn=learn,
        workers=workers,
        progress=progress,
    )
    told = found.to_json()
    if explained_by is not None:
        from sim.revision import revision

        told["revision"] = revision(
            explained_by.told,
            explained_by.since,
            explained_by.run.scenario,
            explained_by.run.plan,
            ledger,
            found,
            workers=workers,
        ).to_json()
    return told


def _asked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a stored nowcast was asked for."""
    return {
        **{name: told.get(name) for name in ("plan_hash", "n", "seed", "calibrated")},
        "ledger": told["ledger"]["hash"],
        "since": told.get("revision", {}).get("since"),
    }


def store(run: Run, told: Mapping[str, Any]) -> Path:
    """Write a nowcast beside the run, in the place of an earlier one of that day.

    Raises
    ------
    ScenarioError
        When it cannot be written.
    """
    from scenarios.files import write_file

    path = run.folder / NOWCASTS / f"{told['as_of']}.json"
    content = json.dumps(told, ensure_ascii=False, allow_nan=False, sort_keys=True)
    write_file(path, content.encode(), force=True)
    return path

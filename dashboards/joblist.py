"""Jobs and runs as tables: what waits, runs and ran, and what the results take on the disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from dashboards import jobview, markup
from dashboards.format import count
from dashboards.format import seconds as write_seconds
from dashboards.jobs import Job
from dashboards.markup import NUMBER, SHORT, WIDE, Align, Cell, Markup
from dashboards.runlist import Listed
from dashboards.texts import t
from scenarios.part import Lang

_UNITS: Final = ("kB", "MB", "GB", "TB")

FORCE: Final = "--force"
"""What lets a command replace the run it wrote before."""

REPLACING: Final = frozenset({"forecast", "plan", "replan", "run"})
"""Commands that know :data:`FORCE`."""


def jobs_table(found: Iterable[Job], lang: Lang) -> str:
    """Return the jobs as a table, in the order given."""
    columns = ("job", "state", "progress", "gap", "seed", "asked", "took", "by", "result")
    align: list[Align] = [WIDE, SHORT, SHORT, NUMBER, NUMBER, SHORT, NUMBER, SHORT, SHORT]
    rows: list[Sequence[Cell]] = [
        (
            markup.named(job.title[lang], job.id),
            jobview.state_flag(job, lang),
            jobview.step(job, lang) if job.state == "running" else "",
            jobview.gap(job),
            option(job, "--seed") or "",
            moment(job.created),
            write_seconds(jobview.taken(job), lang) if job.started else "",
            job.by or "",
            jobview.run_link(job.result, lang) or "",
        )
        for job in found
    ]
    head = [t(f"app.jobs.column.{name}", lang) for name in columns]
    return markup.table(
        head, rows, caption=t("app.jobs.history.title", lang), align=align, tall=len(rows) > 10
    )


def runs_table(runs: Iterable[Listed], published: frozenset[str], lang: Lang) -> str:
    """Return the runs with what they take on the disk, in the order given."""
    columns = ("run", "scenario", "created", "holds", "status", "size")
    align: list[Align] = [SHORT, WIDE, SHORT, SHORT, SHORT, NUMBER]
    rows: list[Sequence[Cell]] = [
        (
            jobview.run_link(run.folder, lang, run.id) or run.id,
            run.title.get(lang),
            moment(run.created),
            t("app.jobs.holds.forecast" if run.has_forecast else "app.jobs.holds.plan", lang),
            _status(run, run.id in published, lang),
            size(run.bytes),
        )
        for run in runs
    ]
    head = [t(f"app.jobs.column.{name}", lang) for name in columns]
    return markup.table(
        head, rows, caption=t("app.jobs.runs.title", lang), align=align, tall=len(rows) > 10
    )


def summary(found: Sequence[Job], runs: Sequence[Listed], lang: Lang) -> str:
    """Return the page's one sentence: what runs, what waits, what is stored."""
    states = [job.state for job in found]
    key = "busy" if "running" in states or "queued" in states else "idle"
    return t(
        f"app.jobs.summary.{key}",
        lang,
        running=states.count("running"),
        queued=states.count("queued"),
        runs=count(len(runs)),
        size=size(sum(run.bytes for run in runs)),
    )


def option(job: Job, name: str) -> str | None:
    """Return the value of an option of a job's command line, or None where it is not given."""
    return next(
        (value for key, value in zip(job.argv, job.argv[1:], strict=False) if key == name), None
    )


def again(job: Job) -> tuple[str, ...]:
    """Return the command line that does a job once more, replacing the run it wrote before."""
    if job.argv[0] in REPLACING and FORCE not in job.argv:
        return (*job.argv, FORCE)
    return job.argv


def moment(at: datetime) -> str:
    """Write a point in time, UTC."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def size(n_bytes: int) -> str:
    """Write a size on the disk, in steps of a thousand: ``3.4 MB``."""
    value, unit = n_bytes / 1000, _UNITS[0]
    for larger in _UNITS[1:]:
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:,.1f} {unit}"


def _status(run: Listed, is_published: bool, lang: Lang) -> Cell:
    """Return what there is to know before a run is deleted."""
    words = []
    if is_published:
        words.append(t("app.jobs.status.published", lang))
    if not run.complete:
        words.append(t("app.jobs.status.stopped", lang))
    return Markup(" ".join(f'<span class="b-badge b-plain">{word}</span>' for word in words))

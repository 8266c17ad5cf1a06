"""The half-month brief as the command makes it: nowcast stored or made, then told or written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import date

    from dashboards.exports.paper import Paper
    from dashboards.runs import Run
    from scenarios.ledger import Ledger
    from scenarios.part import Lang

ENDINGS = (".docx", ".pdf")


@dataclass(frozen=True, slots=True)
class Asked:
    """A half-month brief as it was asked for on the command line."""

    run: str
    ledger: Path
    as_of: str | None
    variant: Literal["half-month", "month", "quarter"]
    lang: Lang


def half_month(asked: Asked, out: Path | None, *, force: bool) -> None:
    """Write a brief to a file, or tell it on the screen where none is named.

    Raises
    ------
    RunError
        When run or ledger cannot be read, nothing is left of the year after the day, or the file
        is of another kind, taken, or cannot be written.
    """
    from dashboards.commands.keeping import expect_free, put
    from dashboards.commands.papers import stand_ins
    from dashboards.exports.docx import word
    from dashboards.exports.on_screen import show
    from dashboards.exports.pdf import pdf
    from dashboards.runs import RunError
    from dashboards.terminal import err
    from dashboards.terminal import out as console
    from dashboards.texts import t

    if out is None:
        show(paper_of(asked), console())
        return
    if out.suffix not in ENDINGS:
        raise RunError("halfmonth.ending", usage=True, file=out)
    expect_free(out, force=force)
    paper = paper_of(asked)
    put(out, pdf(paper) if out.suffix == ".pdf" else word(paper))
    if out.suffix == ".pdf":
        for line in stand_ins(asked.lang):
            err().print(line, soft_wrap=True)
    console().print(t("paper.written", asked.lang, file=out), soft_wrap=True)


def paper_of(asked: Asked) -> Paper:
    """Return the brief that was asked for."""
    from datetime import timedelta

    from dashboards.commands.papers import as_of
    from dashboards.exports.half_facts import Facts
    from dashboards.exports.half_month import half_month as made
    from dashboards.ledgers import open_ledger
    from dashboards.nowcasts import latest
    from dashboards.runs import find_run

    run = find_run(asked.run)
    day = as_of(asked.as_of, run)
    ledger = open_ledger(asked.ledger, run.scenario, day)
    told = _nowcast(run, ledger, day, asked.lang)
    before = latest(run.folder, day - timedelta(days=1))
    return made(Facts(run, ledger, day, told, before), asked.lang, asked.variant)


def _nowcast(run: Run, ledger: Ledger, day: date, lang: Lang) -> dict[str, Any]:
    """Return the nowcast of a day: the stored one of this plan and ledger, else one made now."""
    from dashboards.commands.options import default_workers
    from dashboards.commands.work import working
    from dashboards.nowcasts import FUTURES, SEED, earlier, store, stored
    from sim.nowcast import content_hash

    known = stored(run.folder).get(day.isoformat())
    if (
        known is not None
        and known["plan_hash"] == run.plan.content_hash
        and known["ledger"]["hash"] == content_hash(ledger.as_of(day))
    ):
        return known
    with working(lang) as work:
        told = work.nowcast(
            run,
            ledger,
            day,
            n=FUTURES,
            seed=SEED,
            learn=True,
            explained_by=earlier(run, day),
            workers=default_workers(),
        )
    store(run, told)
    return told

"""Papers as commands make them: which day they are dated, what they rest on, where they go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dashboards.exports.paper import Paper
    from dashboards.runs import Run
    from scenarios.part import Lang

Format = Literal["docx", "pdf"]
Kind = Literal["brief", "leave-notice", "itinerary", "budget-request"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper as it was asked for on the command line; folders and ids as typed.

    Attributes
    ----------
    run, kind, lang
        Which paper, of which run, in which language.
    as_of
        The day it is dated; None for today.
    before, compared, drivers, allocation
        What it may rest on, too.
    bureau, visit, period
        What it is about; all where None.
    """

    run: str
    kind: Kind
    lang: Lang
    as_of: str | None = None
    before: str | None = None
    compared: Path | None = None
    drivers: Path | None = None
    allocation: Path | None = None
    bureau: str | None = None
    visit: str | None = None
    period: str | None = None


TAKES: dict[Kind, frozenset[str]] = {
    "brief": frozenset({"before", "compared", "drivers", "allocation"}),
    "leave-notice": frozenset({"bureau", "period"}),
    "itinerary": frozenset({"bureau", "visit"}),
    "budget-request": frozenset({"allocation"}),
}
"""Options that a paper takes beside those all take."""


def write(wanted: Wanted, made: Format, out: Path | None, *, force: bool) -> Path:
    """Write a paper to a file, whole or not at all, and say so.

    Raises
    ------
    RunError
        When the run, or what the paper rests on, cannot be read; the file is taken or cannot be
        written; or the typesetter is missing.
    """
    from dashboards.commands.keeping import expect_free, put
    from dashboards.exports.docx import word
    from dashboards.exports.pdf import pdf
    from dashboards.exports.titling import file_name
    from dashboards.runs import RunError, find_run
    from dashboards.terminal import err
    from dashboards.terminal import out as console
    from dashboards.texts import t

    expect_options(wanted)
    stored = find_run(wanted.run)
    file = out or Path(file_name(wanted.kind, stored, wanted.lang, made))
    expect_free(file, force=force)
    try:
        paper = paper_of(wanted, stored)
    except (KeyError, ValueError, StopIteration) as error:
        edited = stored.edited()
        if not edited:
            raise
        # Tables may be edited by hand; what no longer fits the scenario is the reader's to mend.
        files, problem = ", ".join(edited), str(error) or "?"
        raise RunError("app.edited.broken", files=files, problem=problem) from error
    put(file, pdf(paper) if made == "pdf" else word(paper))
    if made == "pdf":
        for line in stand_ins(wanted.lang):
            err().print(line, soft_wrap=True)
    console().print(t("paper.written", wanted.lang, file=file), soft_wrap=True)
    return file


def expect_options(wanted: Wanted) -> None:
    """Refuse an option that the paper does not take: ignored, it would mislead.

    Raises
    ------
    RunError
        When there is one.
    """
    from dashboards.runs import RunError

    every = frozenset().union(*TAKES.values())
    for name in sorted(every - TAKES[wanted.kind]):
        if getattr(wanted, name) is not None:
            raise RunError(
                "paper.not-its-option", usage=True, paper=wanted.kind, option=f"--{name}"
            )


def paper_of(wanted: Wanted, run: Run) -> Paper:
    """Return the paper that was asked for."""
    from dashboards.exports.brief import brief
    from dashboards.exports.budget_request import budget_request
    from dashboards.exports.evidence import allocation_of, evidence
    from dashboards.exports.itinerary import itinerary
    from dashboards.exports.leave_notice import leave_notice
    from dashboards.runs import find_run

    day = as_of(wanted.as_of, run)
    match wanted.kind:
        case "brief":
            before = None if wanted.before is None else find_run(wanted.before)
            known = evidence(
                run,
                before,
                drivers=wanted.drivers,
                allocation=wanted.allocation,
                compared=wanted.compared,
            )
            return brief(run, wanted.lang, day, before=before, known=known)
        case "leave-notice":
            about = {"bureau": wanted.bureau, "period": wanted.period}
            return leave_notice(run, wanted.lang, day, **about)
        case "itinerary":
            return itinerary(run, wanted.lang, day, bureau=wanted.bureau, visit=wanted.visit)
        case "budget-request":
            folder = wanted.allocation
            money = None if folder is None else allocation_of(run, folder)
            return budget_request(run, wanted.lang, day, allocation=money)


def as_of(text: str | None, run: Run) -> date:
    """Return the day a paper is dated: as typed, else today, else the first day of the horizon.

    Raises
    ------
    RunError
        When it is no date, or lies outside the horizon.
    """
    from dashboards.exports.ahead import expect_inside
    from dashboards.runs import RunError

    horizon = run.scenario.horizon
    if text is None:
        today = date.today()
        return today if today in horizon else horizon.start
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise RunError("ask.form", usage=True, found=text, allowed=horizon.start) from None
    expect_inside(run, found)
    return found


def stand_ins(lang: Lang) -> list[str]:
    """Say which fonts stand in for those of official papers; nothing where all are there."""
    from dashboards.exports.typesetting import fonts
    from dashboards.texts import t

    found = fonts()
    if lang != "zh" or not found.missing:
        return []
    comma = t("sign.comma", lang)
    roles = comma.join(t(f"paper.font.{role}", lang) for role in found.missing)
    names = comma.join(dict.fromkeys(found.of[role] for role in found.missing))
    return [t("paper.stand-in", lang, fonts=roles, names=names)]

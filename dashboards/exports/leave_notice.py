"""The leave notice: who is on leave when, who takes over, and when expenses are cleared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from dashboards.exports.paper import Block, Cell, Heading, Paper, Paragraph, Table, numbered
from dashboards.exports.provenance import origin, warnings
from dashboards.exports.spans import dated, span
from dashboards.exports.titling import origin_of, title_of
from dashboards.format import day as write_day
from dashboards.labels import person_labels, rows_of
from dashboards.runs import Run, RunError
from dashboards.texts import t
from scenarios.organisation import Bureau
from scenarios.part import Lang

NAME: Final = "leave-notice"


def leave_notice(
    run: Run, lang: Lang, as_of: date, *, bureau: str | None = None, period: str | None = None
) -> Paper:
    """Return the notice of a run's leaves.

    Parameters
    ----------
    run, lang
        Whose leaves, in which language.
    as_of
        The day it is dated.
    bureau, period
        For one bureau, or one leave period; all where None.

    Raises
    ------
    RunError
        When there is no such bureau or period, or the run cannot be read.
    """
    scenario = run.scenario
    bureaus = bureaus_of(run, bureau)
    expect_period(run, period)
    alone = bureaus[0].name.get(lang) if bureau else None
    to = t("paper.leave.to", lang, who=alone or t("paper.leave.everybody", lang))
    key = "paper.leave.title" if period is None else "paper.leave.title.period"
    kind = t(key, lang, span=period or scenario.horizon.start.year)
    subject = alone or t("paper.leave.subject", lang, home=scenario.organisation.home.get(lang))
    blocks: list[Block] = [
        *warnings(run, lang),
        Paragraph(to, "plain"),
        Paragraph(t("paper.leave.opening", lang)),
        Heading(numbered(0, t("paper.leave.schedule", lang), lang)),
        *(_schedule(run, own, period, lang) for own in bureaus),
        Heading(numbered(1, t("paper.leave.rules", lang), lang)),
        *(Paragraph(words) for words in _rules(run, lang)),
        Paragraph(t("paper.leave.closing", lang)),
        *signature(run, as_of, lang),
        Paragraph(origin(run, as_of, lang), "note"),
    ]
    return Paper(
        NAME,
        lang,
        t("paper.mark", lang),
        title_of(subject, kind, lang, dense=False),
        t("paper.from-run", lang, run=run.id),
        tuple(blocks),
        run.head.created,
        origin_of(run),
    )


def bureaus_of(run: Run, bureau: str | None) -> Sequence[Bureau]:
    """Return one bureau by id, or all.

    Raises
    ------
    RunError
        When there is no such bureau.
    """
    every = run.scenario.organisation.bureaus
    found = [one for one in every if bureau in (None, one.id)]
    if not found:
        allowed = ", ".join(one.id for one in every)
        raise RunError("paper.no-bureau", usage=True, found=bureau, allowed=allowed)
    return found


def expect_period(run: Run, period: str | None) -> None:
    """Refuse a leave period that the scenario has not.

    Raises
    ------
    RunError
        When it has not.
    """
    allowed = [own.label for own in run.scenario.periods]
    if period is not None and period not in allowed:
        raise RunError("paper.no-period", usage=True, found=period, allowed=", ".join(allowed))


def signature(run: Run, as_of: date, lang: Lang) -> list[Paragraph]:
    """Return who issues a paper, and when."""
    organisation = run.scenario.organisation
    office = run.scenario.host_unit(organisation.office).name.get(lang)
    return [Paragraph(office, "right"), Paragraph(write_day(as_of, lang), "right")]


def handover(
    statuses: Mapping[tuple[str, str], str], person: str, others: Sequence[str], start: date
) -> tuple[date, list[str]] | None:
    """Return the day before a leave on which somebody takes over, and who does.

    Parameters
    ----------
    statuses
        Status of each person and ISO date.
    person, others
        Who leaves, and who else the bureau has.
    start
        First day of the leave.

    Returns
    -------
    tuple or None
        The last day before it on which the person is at post together with others who stay at post
        from then into the leave; None where they never meet in between.
    """
    stay = [x for x in others if statuses.get((x, start.isoformat())) == "post"]
    day = start - timedelta(days=1)
    while stay := [x for x in stay if statuses.get((x, day.isoformat())) == "post"]:
        if statuses.get((person, day.isoformat())) == "post":
            return day, stay
        day -= timedelta(days=1)
    return None


def _schedule(run: Run, bureau: Bureau, period: str | None, lang: Lang) -> Table:
    titles = person_labels(run.scenario, lang)
    leaves = run.table("leaves")
    own = leaves[leaves["bureau"] == bureau.id]
    if period is not None:
        own = own[own["period"] == period]
    calendar = run.table("calendar")
    statuses = {
        (row["person"], row["date"]): row["status"]
        for row in rows_of(calendar[calendar["bureau"] == bureau.id])
    }
    persons = [person.id for person in bureau.persons]
    rows = []
    for leave in rows_of(own.sort_values(["start", "person"], kind="stable")):
        start, end = (date.fromisoformat(leave[name]) for name in ("start", "end"))
        others = [person for person in persons if person != leave["person"]]
        found = handover(statuses, leave["person"], others, start)
        rows.append(
            (
                Cell(titles[leave["person"]]),
                Cell(span(leave["start"], leave["end"], lang)),
                Cell(str((end - start).days + 1)),
                Cell(_handover(found, titles, lang)),
                Cell(dated(date.fromisoformat(leave["clearing_date"]), lang, apart="\n")),
                Cell(_escorted(run, leave, lang)),
            )
        )
    keys = ("person", "leave", "days", "handover", "clearing", "escorted")
    head = tuple(t(f"paper.leave.column.{key}", lang) for key in keys)
    align: Any = ("left", "center", "center", "center", "center", "center")
    shares = (17, 22, 7, 22, 13, 19)
    return Table(head, tuple(rows), shares, align, bureau.name.get(lang))


def _handover(found: tuple[date, list[str]] | None, titles: Mapping[str, str], lang: Lang) -> str:
    if found is None:
        return t("paper.leave.no-handover", lang)
    day, who = found
    names = t("sign.comma", lang).join(titles[person] for person in who)
    return t("paper.leave.handover", lang, day=write_day(day, lang, year=False), who=names)


def _escorted(run: Run, leave: Mapping[str, Any], lang: Lang) -> str:
    """Return the days of the groups a person escorts within a leave."""
    visits = run.table("visits")
    own = visits[
        (visits["escort"] == leave["person"])
        & (visits["start"] >= leave["start"])
        & (visits["end"] <= leave["end"])
    ]
    spans = [span(row["start"], row["end"], lang) for row in rows_of(own.sort_values("start"))]
    return "\n".join(spans) or t("app.none", lang)


def _rules(run: Run, lang: Lang) -> list[str]:
    """Return what is to be kept, numbered; what the scenario does not ask is left out."""
    scenario = run.scenario
    travel = scenario.rules.leave.travel_days_each_way
    said = [t("paper.leave.rule.travel", lang, n=travel)] if travel else []
    said.append(t("paper.leave.rule.handover", lang))
    if scenario.budget.gate.policy != "none":
        said.append(t(f"paper.leave.rule.clearing.{scenario.budget.gate.blocks}", lang))
    said.append(t("paper.leave.rule.escort", lang))
    return [t("paper.decide.numbered", lang, n=i, what=x) for i, x in enumerate(said, 1)]

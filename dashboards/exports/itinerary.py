"""The itinerary of a visiting group: companies, escort, reception, and each day; a page a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from dashboards.exports.leave_notice import bureaus_of
from dashboards.exports.paper import (
    Block,
    Cell,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    row,
)
from dashboards.exports.provenance import origin, warnings
from dashboards.exports.spans import dated
from dashboards.exports.titling import origin_of, title_of
from dashboards.format import days as write_days
from dashboards.labels import rows_of, subject_labels
from dashboards.runs import Run, RunError
from dashboards.texts import t
from planner.plan import JOINT
from scenarios.part import Lang

NAME: Final = "itinerary"


def itinerary(
    run: Run, lang: Lang, as_of: date, *, bureau: str | None = None, visit: str | None = None
) -> Paper:
    """Return the itineraries of a run's groups, each from a new page on.

    Parameters
    ----------
    run, lang
        Whose groups, in which language.
    as_of
        The day it is dated.
    bureau, visit
        Of one bureau, or one group; all where None.

    Raises
    ------
    RunError
        When there is no such bureau or group, or the run cannot be read.
    """
    scenario = run.scenario
    groups = _groups(run, bureau, visit)
    blocks: list[Block] = [*warnings(run, lang)]
    if not groups:
        blocks.append(Paragraph(t("app.calendar.visits.none", lang)))
    for place, group in enumerate(groups):
        blocks += [PageBreak()] if place else []
        blocks += _group(run, group, lang)
    blocks.append(Paragraph(origin(run, as_of, lang), "note"))
    subject = scenario.organisation.home.get(lang)
    if bureau is not None:
        subject = scenario.bureau(bureau).name.get(lang)
    return Paper(
        NAME,
        lang,
        t("paper.mark", lang),
        title_of(subject, t("paper.visit.title", lang), lang, dense=False),
        t("paper.from-run", lang, run=run.id),
        tuple(blocks),
        run.head.created,
        origin_of(run),
    )


def _groups(run: Run, bureau: str | None, visit: str | None) -> list[dict[str, Any]]:
    bureaus = {one.id for one in bureaus_of(run, bureau)}
    every = rows_of(run.table("visits").sort_values(["start", "bureau", "visit"], kind="stable"))
    own = [group for group in every if group["bureau"] in bureaus]
    if visit is None:
        return own
    found = [group for group in own if group["visit"] == visit]
    if not found:
        allowed = ", ".join(group["visit"] for group in own) or "-"
        raise RunError("paper.no-visit", usage=True, found=visit, allowed=allowed)
    return found


def _group(run: Run, group: Mapping[str, Any], lang: Lang) -> Iterator[Block]:
    start, end = (date.fromisoformat(group[name]) for name in ("start", "end"))
    heading = t(
        "paper.visit.heading",
        lang,
        bureau=run.scenario.bureau(group["bureau"]).name.get(lang),
        days=write_days(start, end, lang),
    )
    yield Heading(heading)
    yield _facts(run, group, lang)
    yield Heading(t("paper.visit.companies", lang), 2)
    yield _companies(run, group, lang)
    yield Heading(t("paper.visit.days", lang), 2)
    yield _days(run, group, lang)


def _facts(run: Run, group: Mapping[str, Any], lang: Lang) -> Table:
    """Return what is fixed of the group, two facts a row."""
    labels = subject_labels(run.scenario, lang)
    none = t("app.none", lang)
    members = run.table("visit_companies")
    taken = int((members["visit"] == group["visit"]).sum())
    leader = none
    if group["leader"]:
        leader = t(
            "paper.visit.leader.when",
            lang,
            leader=labels[group["leader"]],
            tier=t(f"paper.tier.{group['leader_tier']}", lang),
            day=dated(date.fromisoformat(group["leader_day"]), lang),
        )
    together = none
    if group.get(JOINT):
        visits = run.table("visits")
        beside = visits[(visits[JOINT] == group[JOINT]) & (visits["visit"] != group["visit"])]
        together = t("sign.comma", lang).join(labels[x] for x in sorted(beside["bureau"])) or none
    facts = {
        "visit": group["visit"],
        "seats": t("paper.visit.seats.taken", lang, taken=taken, seats=group["seats"]),
        "chain": labels[group["chain"]],
        "host": labels[group["host_unit"]],
        "escort": labels[group["escort"]],
        "joint": together,
        "leader": leader,
        "cadre": run.scenario.bureau(group["bureau"]).section_cadre.get(lang),
    }
    cells = [
        (Cell(t(f"paper.visit.{key}", lang), bold=True), Cell(value))
        for key, value in facts.items()
    ]
    rows = tuple((*cells[i], *cells[i + 1]) for i in range(0, len(cells), 2))
    return Table((), rows, (15, 35, 15, 35), ("center", "left", "center", "left"))


def _companies(run: Run, group: Mapping[str, Any], lang: Lang) -> Table:
    scenario = run.scenario
    known = {company.id: company for company in scenario.companies}
    provinces = {one.id: one.name.get(lang) for one in scenario.organisation.provinces}
    sectors = {
        sector.id: sector.name.get(lang)
        for bureau in scenario.organisation.bureaus
        for sector in bureau.sectors
    }
    members = run.table("visit_companies")
    rows = []
    for i, key in enumerate(sorted(members[members["visit"] == group["visit"]]["company"]), 1):
        company = known[key]
        rows.append(
            row(
                str(i),
                company.name.get(lang),
                provinces.get(company.province, company.province),
                sectors.get(company.sector, company.sector),
                t(f"paper.class.{company.enterprise_class}", lang),
                t(f"paper.expects.{company.expects}", lang),
            )
        )
    keys = ("number", "company", "province", "sector", "class", "expects")
    head = tuple(t(f"paper.visit.column.{key}", lang) for key in keys)
    align: Any = ("center", "left", "center", "center", "center", "center")
    return Table(head, tuple(rows), (8, 34, 13, 15, 15, 15), align)


def _days(run: Run, group: Mapping[str, Any], lang: Lang) -> Table:
    """Return what is fixed of each day; times and places are left for the host unit to fill in."""
    labels = subject_labels(run.scenario, lang)
    home = run.scenario.organisation.home.get(lang)
    start, end = (date.fromisoformat(group[name]) for name in ("start", "end"))
    host, escort = labels[group["host_unit"]], labels[group["escort"]]
    chain = labels[group["chain"]]
    rows = []
    for n in range((end - start).days + 1):
        day = start + timedelta(days=n)
        said = []
        if day == start:
            said.append(t("paper.visit.day.first", lang, home=home, host=host, escort=escort))
        if day.isoformat() == group["leader_day"]:
            leader = labels[group["leader"]]
            said.append(t("paper.visit.day.leader", lang, leader=leader))
        said.append(t("paper.visit.day.sites", lang, chain=chain))
        if day == end:
            said.append(t("paper.visit.day.last", lang))
        rows.append(row(dated(day, lang), "\n".join(said), ""))
    head = tuple(t(f"paper.visit.column.{key}", lang) for key in ("day", "programme", "place"))
    return Table(head, tuple(rows), (20, 50, 30), ("center", "left", "left"))

"""What the city's meeting looks at beside targets: who is where, leads, requests and duties."""

from __future__ import annotations

from dashboards.exports.half_bureau import at_home, group
from dashboards.exports.half_facts import Facts
from dashboards.exports.half_todo import duties, visits
from dashboards.exports.paper import Align, Cell, Table
from dashboards.labels import bureau_labels, person_labels
from dashboards.texts import t
from scenarios.ledger.pipeline import STAGES
from scenarios.part import Lang


def ahead(facts: Facts, lang: Lang) -> Table:
    """Return who is at home in the next 15 days, which groups visit in 30, what comes due."""
    semicolon, none = t("sign.semicolon", lang), t("app.none", lang)
    names = bureau_labels(facts.run.scenario, lang)
    comma = t("halfmonth.apart", lang)
    titles = person_labels(facts.run.scenario, lang)
    where = [
        t("halfmonth.person.leave", lang, who=titles[person], days=days)
        for b in facts.bureaus
        for person, days in at_home(facts, b, lang)
        if days
    ]
    where.append(t("halfmonth.others", lang))
    groups = [group(facts, row["visit"], lang, named=True) for row in visits(facts, None)]
    shared = duties(facts, None, lang)
    own = [
        t("halfmonth.of-bureau", lang, bureau=names[b], what=comma.join(said))
        for b in facts.bureaus
        for said in [duties(facts, b, lang)]
        if said
    ]
    rows = tuple(
        (Cell(t(f"halfmonth.row.{key}", lang), bold=True), Cell(semicolon.join(said) or none))
        for key, said in (("persons", where), ("visits", groups), ("due", [*shared, *own]))
    )
    sides: tuple[Align, ...] = ("center", "left")
    return Table((), rows, (11, 89), sides)


def work(facts: Facts, lang: Lang) -> Table:
    """Return open leads by stage, and what is overdue, a row a bureau."""
    names = bureau_labels(facts.run.scenario, lang)
    reports = facts.stands.actuals.measured("reports_late")
    rows = []
    for i, bureau in enumerate(facts.bureaus):
        own = [x for x in facts.leads if x.bureau == bureau]
        late = [x for x in facts.late if x.bureau == bureau]
        requests = sum(x.kind == "request" for x in late)
        counts = [sum(x.stage == stage for x in own) for stage in STAGES]
        counts += [sum(x.stale for x in own), requests, len(late) - requests, int(reports[i])]
        rows.append((Cell(names[bureau], bold=True), *(Cell(str(n)) for n in counts)))
    keys = (*(f"stage.{stage}" for stage in STAGES), "stale", "requests", "duties", "reports")
    head = (
        t("app.column.bureau", lang),
        *(t(f"halfmonth.column.{key}", lang) for key in keys),
    )
    centre: Align = "center"
    return Table(head, tuple(rows), (12, *([11] * 8)), (centre,) * 9)

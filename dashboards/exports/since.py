"""What changed since the last brief: figures beside each other, leaves, groups and duties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from dashboards.exports.evidence import Evidence
from dashboards.exports.paper import Align, Cell, Paragraph, Table
from dashboards.exports.standing import ACROSS, parts
from dashboards.format import bare_chance, count, difference
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels, subject_labels
from dashboards.odds import Odds, share
from dashboards.runs import Run
from dashboards.texts import t
from planner.changes import Change, diff
from scenarios.organisation import Bureau
from scenarios.part import Lang

LISTED: Final = 6
"""Changes that are told one by one; of the rest there is the number."""

_TITLED: Final = frozenset({"leave-moved", "leave-added", "leave-dropped"})


def since(run: Run, before: Run, known: Evidence, lang: Lang) -> list[Paragraph | Table]:
    """Return what changed from an earlier run to this one.

    Differences bear an interval where a comparison in the same futures is known; else the figures
    stand beside each other, and nothing is said of their difference.
    """
    found: list[Paragraph | Table] = [Paragraph(_whole(run, before, lang))]
    shared = _shared(run, before)
    if run.has_forecast and before.has_forecast and shared:
        for i, own in enumerate(parts(shared, ACROSS)):
            found.append(_figures(run, before, own, known, lang, city=i == 0))
        found.append(Paragraph(_note(run, before, known, lang), "note"))
    return found


def moved(run: Run, before: Run, lang: Lang) -> list[str] | None:
    """Return what differs between the calendars, a sentence each; None for other days or people."""
    if not _comparable(run, before):
        return None
    changes = diff(run.scenario, before.plan, run.plan)
    single = [x for x in changes if not x.kind.startswith("company-")]
    return [
        *(_sentence(run, change, lang) for change in single if change.kind in _TITLED),
        *_companies(run, before, changes, lang),
        *(_sentence(run, change, lang) for change in single if change.kind not in _TITLED),
    ]


def _whole(run: Run, before: Run, lang: Lang) -> str:
    """Say what was held against what, and how the calendars differ."""
    facts = {"run": before.id, "created": write_day(before.head.created.date(), lang)}
    words = t("paper.since.against", lang, **facts)
    sentences = moved(run, before, lang)
    if sentences is None:
        return words + t("paper.since.other", lang)
    if not sentences:
        return words + t("paper.since.none", lang)
    listed = t("sign.semicolon", lang).join(sentences[:LISTED])
    rest = len(sentences) - LISTED
    more = t("paper.since.more", lang, n=rest) if rest > 0 else ""
    return words + t("paper.since.moved", lang, n=len(sentences), changes=listed, more=more)


def _comparable(run: Run, before: Run) -> bool:
    own, other = run.scenario, before.scenario
    people = [[person.id for _, person in one.persons] for one in (own, other)]
    return own.horizon == other.horizon and people[0] == people[1]


def _shared(run: Run, before: Run) -> list[Bureau]:
    earlier = {bureau.id for bureau in before.scenario.organisation.bureaus}
    return [bureau for bureau in run.scenario.organisation.bureaus if bureau.id in earlier]


def _figures(
    run: Run, before: Run, bureaus: Sequence[Bureau], known: Evidence, lang: Lang, *, city: bool
) -> Table:
    names = bureau_labels(run.scenario, lang)
    pair = Pair(run.forecast, before.forecast, known.measures, lang)
    main = [target for target in run.scenario.targets if target.main]
    alike = len(_shared(run, before)) == len(before.scenario.organisation.bureaus) == len(names)
    rows: list[tuple[Cell, ...]] = []
    for label, key, everywhere in (
        *((x.label.get(lang), ("targets", x.id), ("targets", x.id)) for x in main),
        (t("app.cockpit.all_of_bureau", lang), ("all_main",), ("all_bureaus_main",)),
    ):
        cells = [pair.city(everywhere) if alike else ""] if city else []
        cells += [pair.own(bureau.id, key) for bureau in bureaus]
        rows.append(tuple(map(Cell, (label, *cells))))
    scored = [pair.score(bureau.id) for bureau in bureaus]
    blank = [""] if city else []
    rows.append(tuple(map(Cell, (t("paper.since.score", lang), *blank, *scored))))
    columns = [t("paper.city", lang)] if city else []
    columns += [names[bureau.id] for bureau in bureaus]
    each = round(81 / len(columns))
    shares = (19, *([each] * len(columns)))
    head = (t("paper.since.figure", lang), *columns)
    centre: Align = "center"
    return Table(head, tuple(rows), shares, ("left", *([centre] * len(columns))))


class Pair:
    """Two forecasts, and what a comparison in the same futures says of their difference."""

    def __init__(
        self,
        now: Mapping[str, Any],
        then: Mapping[str, Any],
        measures: Mapping[str, Any] | None,
        lang: Lang,
    ) -> None:
        self.now, self.then, self.measures = now, then, measures
        self.lang: Lang = lang

    def city(self, path: tuple[str, ...]) -> str:
        """Return odds of all bureaus together, before and now."""
        name = "/".join(("target_everywhere", *path[1:]) if path[0] == "targets" else path)
        return self._odds(_at(self.then["joint"], path), _at(self.now["joint"], path), name)

    def own(self, bureau: str, path: tuple[str, ...]) -> str:
        """Return odds of a bureau, before and now."""
        name = "/".join(("target", bureau, *path[1:]) if path[0] == "targets" else (*path, bureau))
        reports = (data["bureaus"][bureau] for data in (self.then, self.now))
        then, now = (_at(report, path) for report in reports)
        return self._odds(then, now, name)

    def score(self, bureau: str) -> str:
        """Return a bureau's mean score under the default reading, before and now."""
        then, now = (
            data["score"]["readings"][data["score"]["default"]][bureau]["mean"]
            for data in (self.then, self.now)
        )
        same = self.then["score"]["default"] == self.now["score"]["default"]
        if then is None or now is None or not same:
            return t("app.not_for", self.lang)
        return self._said(count(then, 1), count(now, 1), f"score/{bureau}")

    def _odds(self, then: Any, now: Any, name: str) -> str:
        if then is None or now is None:
            return t("app.not_for", self.lang)
        return self._said(_estimate(then), _estimate(now), name)

    def _said(self, then: str, now: str, name: str) -> str:
        words = t("paper.since.pair", self.lang, before=then, now=now)
        own = (self.measures or {}).get(name)
        if own is None:
            return words
        scale = 100 if own["kind"] == "probability" else 1
        value, low, high = (own[x] * scale for x in ("difference", "low", "high"))
        verdict = t(f"paper.verdict.{own['verdict']}", self.lang)
        return f"{words}\n{difference(value, low, high, self.lang)}\n{verdict}"


def _estimate(data: Mapping[str, Any]) -> str:
    """Write odds in percent without their range: it stands in the table of targets."""
    odds = Odds.read(data)
    return bare_chance(odds.p, odds.low, odds.high).partition(" (")[0]


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if key not in data:
            return None
        data = data[key]
    return data


def _note(run: Run, before: Run, known: Evidence, lang: Lang) -> str:
    if known.compared is not None:
        facts = {"n": count(known.compared["n"]), "seed": known.compared["seed"]}
        sure = share(known.compared["confidence"], lang)
        return t("paper.since.note.compared", lang, **facts, confidence=sure)
    same = run.forecast["seed"] == before.forecast["seed"]
    return t("paper.since.note.same-seed" if same else "paper.since.note.other-seed", lang)


def _sentence(run: Run, change: Change, lang: Lang) -> str:
    labels = subject_labels(run.scenario, lang)
    who = labels.get(change.subject, change.subject)
    kind = change.kind
    if kind == "duty-moved" and who == change.subject:
        who = t("paper.change.duty", lang)
    if kind.startswith("trip-"):
        start, _, bureau = (change.after or change.before).partition(" ")
        facts = {"to": labels[bureau], "day": _day(start, lang)}
        return t(f"paper.change.{kind}", lang, who=who, **facts)
    if kind == "reception-changed":
        nobody = t("paper.change.nobody", lang)
        was, now = (labels[x] if x else nobody for x in (change.before, change.after))
        day = write_day(run.scenario.days.date_of(change.day), lang, year=False)
        return t(f"paper.change.{kind}", lang, who=who, before=was, after=now, day=day)
    before, after = (
        _day(x, lang) if x else t("app.none", lang) for x in (change.before, change.after)
    )
    return t(f"paper.change.{kind}", lang, who=who, before=before, after=after)


def _companies(run: Run, before: Run, changes: tuple[Change, ...], lang: Lang) -> Iterator[str]:
    """Yield what became of groups: companies of a bureau that move, come or go together."""
    homes = {x.id: x.bureau for one in (before, run) for x in one.scenario.companies}
    together: dict[tuple[str, str, str, str], int] = {}
    for change in changes:
        if change.kind.startswith("company-"):
            key = (homes[change.subject], change.kind, change.before, change.after)
            together[key] = together.get(key, 0) + 1
    for (bureau, kind, was, now), n in together.items():
        days = {"before": _day(was, lang) if was else "", "after": _day(now, lang) if now else ""}
        name = run.scenario.bureau(bureau).name.get(lang)
        yield t(f"paper.change.{kind}", lang, bureau=name, n=n, **days)


def _day(iso: str, lang: Lang) -> str:
    return write_day(date.fromisoformat(iso), lang, year=False)

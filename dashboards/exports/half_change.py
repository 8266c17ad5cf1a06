"""What changed since the last nowcast, and why: expected contracts, in plain words or by reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from dashboards.exports.half_facts import Facts
from dashboards.exports.paper import Align, Cell, Paragraph, Table
from dashboards.format import count, money, money_unit, signed
from dashboards.format import day as write_day
from dashboards.labels import bureau_labels
from dashboards.texts import t
from scenarios.part import Lang

STEPS: Final = ("luck", "facts", "parameters", "plan")


def change(facts: Facts, lang: Lang) -> list[Paragraph | Table]:
    """Return why the year is expected to end elsewhere than was said last."""
    if "revision" in facts.told:
        return _explained(facts, facts.told["revision"], lang)
    if facts.before is not None:
        day = date.fromisoformat(facts.before["as_of"])
        when = t("halfmonth.change.nowcast", lang, day=write_day(day, lang))
        return [Paragraph(_plain(facts, facts.before, when, lang))]
    if facts.run.has_forecast:
        when = t("halfmonth.change.january", lang)
        return [Paragraph(_plain(facts, facts.run.forecast, when, lang))]
    return [Paragraph(t("halfmonth.change.first", lang))]


def _plain(facts: Facts, before: Mapping[str, Any], when: str, lang: Lang) -> str:
    """Say the differences of means."""
    names = bureau_labels(facts.run.scenario, lang)
    said = []
    for bureau in facts.bureaus:
        was, now = (
            told["bureaus"][bureau]["quantiles"]["signed_yuan"]["mean"]
            for told in (before, facts.told)
        )
        key = "up" if now > was else "down" if now < was else "same"
        by = money(abs(now - was), lang)
        said.append(
            t(f"halfmonth.change.{key}", lang, bureau=names[bureau], by=by, now=money(now, lang))
        )
    return t("halfmonth.change", lang, when=when, said=t("sign.semicolon", lang).join(said))


def _explained(facts: Facts, why: Mapping[str, Any], lang: Lang) -> list[Paragraph | Table]:
    since = date.fromisoformat(why["since"])
    first = since < facts.run.scenario.horizon.start
    when = t(
        "halfmonth.change.january" if first else "halfmonth.change.nowcast",
        lang,
        day=write_day(since, lang),
    )
    names = bureau_labels(facts.run.scenario, lang)
    changes = {t("halfmonth.all", lang): _of(why, None)}
    changes |= {names[bureau]: _of(why, bureau) for bureau in facts.bureaus}
    largest = max(max(abs(x["before"]), abs(x["after"])) for x in changes.values())
    unit, unit_name = money_unit(max(largest, 1e6), lang)
    rows = tuple(
        (Cell(name, bold=True), *(Cell(x) for x in _figures(own, unit)))
        for name, own in changes.items()
    )
    keys = ("before", *STEPS, "after")
    head = (
        t("app.column.bureau", lang),
        *(t(f"halfmonth.step.{key}", lang) for key in keys),
    )
    centre: Align = "center"
    shares = (16, *([14] * 6))
    note = t("halfmonth.change.note", lang, when=when, unit=unit_name)
    return [Paragraph(note, "note"), Table(head, rows, shares, (centre,) * 7)]


def _of(why: Mapping[str, Any], bureau: str | None) -> Mapping[str, Any]:
    where = why["all"] if bureau is None else why["bureaus"][bureau]
    found: Mapping[str, Any] = where["signed_yuan"]
    return found


def _figures(own: Mapping[str, Any], unit: int) -> Iterator[str]:
    steps = {x["step"]: x for x in own["steps"]}
    yield count(own["before"] / unit, 2)
    for name in STEPS:
        step = steps[name]
        low, high = step["interval"]
        said = signed(step["yuan"] / unit, 2)
        if high > low:
            half = (high - low) / 2 / unit
            said += f" (±{count(half, 2)})"
        yield said
    yield count(own["after"] / unit, 2)

"""``bureau explain``: what stands in the way of any plan, or how much room there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.commands.options import JsonOption, LangOption, ScenarioArgument, both
from scenarios.part import Lang

if TYPE_CHECKING:
    from planner.clashes import Conflict
    from planner.explain import Diagnosis
    from planner.repairs import Concession, Repair
    from scenarios.model import Scenario


def explain(
    scenario: ScenarioArgument,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
    answer: Annotated[
        Path | None, typer.Option("--answer", help=both("option.answer"), show_default=False)
    ] = None,
) -> None:
    """Explain why there is no rotation, or list the room the rules leave."""
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.commands.keeping import keep
    from dashboards.terminal import out, print_json
    from planner.explain import explain as diagnose
    from scenarios.load import load_scenario

    with failing_in_words(lang, as_json):
        given = load_scenario(scenario)
        diagnosis = diagnose(given)
        facts = _room_facts(given) if diagnosis is None else _facts(given, diagnosis)
        if answer is not None:
            keep(answer, facts)
        if as_json:
            print_json(facts)
        else:
            lines = _room(given, lang) if diagnosis is None else _lines(given, diagnosis, lang)
            for line in lines:
                out().print(line, soft_wrap=True)
    if diagnosis is not None and answer is None:
        raise typer.Exit(Exit.INFEASIBLE)


def _lines(scenario: Scenario, diagnosis: Diagnosis, lang: Lang) -> Iterator[str]:
    from dashboards.texts import t
    from planner.conflicts import certificate

    if diagnosis.groups is not None:
        yield t("explain.uncarried", lang)
        yield from (f"  {line.get(lang)}" for line in diagnosis.groups.lines)
    else:
        yield t("explain.infeasible", lang)
    counted = certificate(scenario)
    if counted is not None:
        yield t("explain.counted", lang)
        yield from (f"  {line.get(lang)}" for line in counted.lines)
    for alike in diagnosis.kinds:
        yield from _conflict(alike, lang)
    for bureau, period in diagnosis.undecided:
        yield t("explain.undecided", lang, bureau=bureau, period=period)
    cheapest = diagnosis.cheapest
    if cheapest:
        yield from _repair("explain.repair", cheapest, lang)
    elif diagnosis.conflicts:
        yield t("explain.unrepairable", lang)
    for way in diagnosis.ways:
        yield from _repair("explain.other", way, lang)
    if diagnosis.settings:
        yield t("explain.settings", lang)
    for setting in diagnosis.settings:
        where = {"path": setting.path, "now": setting.now, "instead": setting.instead}
        yield t("explain.setting", lang, text=setting.text.get(lang), **where)


def _conflict(alike: Sequence[Conflict], lang: Lang) -> Iterator[str]:
    """Say a kind of conflict once, with how many there are."""
    from dashboards.texts import t

    first = alike[0]
    proof = t("explain.minimal" if first.minimal else "explain.not-minimal", lang)
    yield t("explain.kind", lang, proof=proof)
    for demand in first.demands:
        yield t("explain.member", lang, text=demand.text.get(lang), clause=demand.clause)
    if len(alike) > 1:
        n_bureaus, n_periods = ({getattr(x, of) for x in alike} for of in ("bureau", "period"))
        where = t("explain.where", lang, bureaus=len(n_bureaus), periods=len(n_periods))
        yield t("explain.alike", lang, n=len(alike), where=where)


def _repair(key: str, repairs: Sequence[Repair], lang: Lang) -> Iterator[str]:
    """Say repairs of several bureaus and periods as one, rule by rule."""
    from dashboards.texts import t

    given_up = [concession for repair in repairs for concession in repair.given_up]
    proven = all(repair.proven for repair in repairs)
    proof = t(f"explain.repair.{'proven' if proven else 'not-proven'}", lang)
    cost = sum(repair.cost for repair in repairs)
    yield t(key, lang, n=len(given_up), cost=cost, proof=proof)
    by_rule: dict[str, list[Concession]] = {}
    for concession in given_up:
        by_rule.setdefault(concession.demand.rule, []).append(concession)
    for own in by_rule.values():
        yield _given_up(own, lang)


def _given_up(own: Sequence[Concession], lang: Lang) -> str:
    from dashboards.checks import rule_label
    from dashboards.texts import t

    first = own[0]
    days = first.short_days
    return t(
        "explain.given-up",
        lang,
        rule=rule_label(first.demand.rule, lang),
        clause=first.demand.clause,
        n=len(own),
        text=first.demand.text.get(lang),
        short=t("explain.short", lang, days=days) if days else "",
    )


def _room(scenario: Scenario, lang: Lang) -> Iterator[str]:
    from dashboards.labels import subject_labels
    from dashboards.texts import t
    from planner.room import receptions, seats, slacks

    labels = subject_labels(scenario, lang)
    yield t("explain.feasible", lang)
    yield t("explain.slack", lang)
    for x in slacks(scenario):
        days = {"owed": x.owed_days, "slack": x.slack_days}
        names = {"bureau": labels[x.bureau], "person": labels[x.person], "period": x.period}
        yield t("explain.slack.line", lang, **names, **days)
    if scenario.rules.leave.crosses:
        yield t("explain.crossing", lang)
    yield t("explain.seats", lang)
    for room in seats(scenario):
        counts = {"leaves": room.leaves, "groups": room.groups, "seats": room.seats}
        name = labels[room.bureau]
        yield t("explain.seats.line", lang, bureau=name, companies=room.companies, **counts)
    if scenario.rules.visits.in_each_leave == "required":
        yield t("explain.carried-apart", lang)
    found = list(receptions(scenario))
    if found:
        yield t("explain.receptions", lang)
    for capacity in found:
        counts = {"groups": capacity.groups, "companies": capacity.companies}
        label = next(x for x in scenario.targets if x.metric == capacity.metric).label.get(lang)
        verdict = "" if capacity.suffices else t("explain.receptions.short", lang)
        words = {"metric": label, "minimum": capacity.minimum, "verdict": verdict}
        yield t("explain.receptions.line", lang, **words, **counts)


def _facts(scenario: Scenario, diagnosis: Diagnosis) -> dict[str, Any]:
    from planner.conflicts import certificate

    counted = certificate(scenario)
    return {
        "feasible": False,
        "counted": [line.model_dump() for line in counted.lines] if counted else [],
        "conflicts": [_conflict_facts(conflict) for conflict in diagnosis.conflicts],
        "repairs": [_repair_facts(repair) for repair in diagnosis.repairs],
        "settings": [
            {"path": x.path, "now": x.now, "instead": x.instead, "text": x.text.model_dump()}
            for x in diagnosis.settings
        ],
        "undecided": [list(where) for where in diagnosis.undecided],
        "groups": [line.model_dump() for line in diagnosis.groups.lines]
        if diagnosis.groups
        else [],
    }


def _conflict_facts(conflict: Conflict) -> dict[str, Any]:
    return {
        "bureau": conflict.bureau,
        "period": conflict.period,
        "minimal": conflict.minimal,
        "demands": [
            {"rule": x.rule, "subject": x.subject, "when": x.when, "text": x.text.model_dump()}
            for x in conflict.demands
        ],
    }


def _repair_facts(repair: Repair) -> dict[str, Any]:
    return {
        "bureau": repair.bureau,
        "period": repair.period,
        "cost": repair.cost,
        "proven": repair.proven,
        "given_up": [
            {
                "rule": x.demand.rule,
                "subject": x.demand.subject,
                "when": x.demand.when,
                "short_days": x.short_days,
            }
            for x in repair.given_up
        ],
    }


def _room_facts(scenario: Scenario) -> dict[str, Any]:
    from dataclasses import asdict

    from planner.room import receptions, seats, slacks

    return {
        "feasible": True,
        "slack": [asdict(x) for x in slacks(scenario)],
        "seats": [asdict(x) for x in seats(scenario)],
        "receptions": [asdict(x) for x in receptions(scenario)],
    }

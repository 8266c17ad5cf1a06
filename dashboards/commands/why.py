"""``bureau why``: the price of another arrangement, or what forbids it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument, both
from scenarios.part import Lang

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.why import Because, Question
    from scenarios.model import Scenario

_FORM = "'PERSON home|post 2023-05-03..2023-05-14'"


def why(
    run: RunArgument,
    instead: Annotated[
        str | None, typer.Option("--not", help=both("option.not"), show_default=False)
    ] = None,
    company: Annotated[
        str | None, typer.Option("--company", help=both("option.company"), show_default=False)
    ] = None,
    on: Annotated[
        str | None, typer.Option("--date", help=both("option.company-date"), show_default=False)
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
    answer: Annotated[
        Path | None, typer.Option("--answer", help=both("option.why-answer"), show_default=False)
    ] = None,
) -> None:
    """Ask why a stored plan is not otherwise."""
    from dashboards.commands.asking import facts
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.commands.keeping import keep
    from dashboards.runs import RunError, find_run
    from dashboards.terminal import out, print_json
    from dashboards.texts import LANGS
    from planner.why import why as ask

    with failing_in_words(lang, as_json):
        if (instead is None) == (company is None):
            raise RunError("ask.one", usage=True, options="--not, --company")
        stored = find_run(run)
        scenario, plan = stored.scenario, stored.plan
        question = _question(scenario, instead, company, on)
        because = ask(scenario, plan, question)
        if answer is not None:
            said = {x: _lines(scenario, plan, question, because, x) for x in LANGS}
            keep(answer, {"turned": because.turned, "lines": said})
        if as_json:
            found = facts(because.anew) if because.anew else None
            reasons = [reason.model_dump() for reason in because.reasons]
            print_json({"turned": because.turned, "instead": found, "reasons": reasons})
        else:
            for line in _lines(scenario, plan, question, because, lang):
                out().print(line, soft_wrap=True)
    if because.anew is None and answer is None:
        raise typer.Exit(Exit.INFEASIBLE)


def _question(
    scenario: Scenario, instead: str | None, company: str | None, on: str | None
) -> Question:
    from dashboards.commands.asking import (
        companies,
        day_in,
        expect_screened,
        known,
        persons,
        words_of,
    )
    from dashboards.runs import RunError
    from planner.why import AtHome, AtPost, Visits

    if company is not None:
        start = None if on is None else day_in(scenario, on)
        expect_screened(scenario, known(company, companies(scenario)))
        return Visits(company, start)
    person, place, span = words_of(instead or "", 3, _FORM)
    first, dots, last = span.partition("..")
    if place not in ("home", "post") or not dots:
        raise RunError("ask.form", usage=True, found=instead, allowed=_FORM)
    days = day_in(scenario, first), day_in(scenario, last)
    known(person, persons(scenario))
    kind = AtHome if place == "home" else AtPost
    return kind(person, min(days), max(days))


def _lines(
    scenario: Scenario, plan: Plan, question: Question, because: Because, lang: Lang
) -> list[str]:
    from dashboards.commands.asking import gains_in_words, proof
    from dashboards.texts import t
    from planner.changes import diff, in_words

    what = _what(scenario, question, lang)
    if because.anew is None:
        reasons = [f"  {reason.get(lang)}" for reason in because.reasons]
        return [t("why.forbidden", lang, what=what), *reasons]
    gains = gains_in_words(because.anew.gains, lang)
    said = {"what": what, "gains": gains, "proven": proof(because.anew.proven, lang)}
    changes = diff(scenario, plan, because.anew.plan_after(scenario, plan))
    return [
        t("why.turned" if because.turned else "why.asked", lang, **said),
        t("why.changes", lang, n=len(changes)),
        *(f"  {in_words(scenario, change).get(lang)}" for change in changes),
    ]


def _what(scenario: Scenario, question: Question, lang: Lang) -> str:
    from dashboards.texts import t
    from planner.why import AtHome, Visits

    def iso(day: int) -> str:
        return scenario.days.date_of(day).isoformat()

    if isinstance(question, Visits):
        if question.start is None:
            return t("why.visits", lang, company=question.company)
        return t("why.visits-on", lang, company=question.company, first=iso(question.start))
    key = "why.home" if isinstance(question, AtHome) else "why.post"
    days = {"first": iso(question.first), "last": iso(question.last)}
    return t(key, lang, person=question.person, **days)

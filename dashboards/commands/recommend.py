"""``bureau recommend``: the best dates for one leave or one company's visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument, both

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.recommend import Suggestion
    from scenarios.model import Scenario


def recommend(
    run: RunArgument,
    leave: Annotated[
        str | None, typer.Option("--leave", help=both("option.leave"), show_default=False)
    ] = None,
    company: Annotated[
        str | None, typer.Option("--company", help=both("option.company"), show_default=False)
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=50, help=both("option.count"))] = 5,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Recommend dates, the rest of the bureau arranged around each."""
    from dashboards.commands.asking import facts, gains_in_words, proof
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.runs import RunError, find_run
    from dashboards.terminal import out, print_json
    from dashboards.texts import t
    from planner.changes import diff

    with failing_in_words(lang, as_json):
        if (leave is None) == (company is None):
            raise RunError("ask.one", usage=True, options="--leave, --company")
        stored = find_run(run)
        scenario, plan = stored.scenario, stored.plan
        found = _suggestions(scenario, plan, leave, company, count)
        dates = [scenario.days.date_of(suggestion.start).isoformat() for suggestion in found]
        if as_json:
            rows = [
                {"date": date, **facts(suggestion.anew)}
                for date, suggestion in zip(dates, found, strict=True)
            ]
            print_json({"dates": rows})
        elif not found:
            out().print(t("recommend.none", lang))
            if company is not None and scenario.rules.visits.joint_groups == "allowed":
                out().print(t("recommend.joint", lang))
        else:
            for n, (date, suggestion) in enumerate(zip(dates, found, strict=True), start=1):
                anew = suggestion.anew
                line = t(
                    "recommend.line",
                    lang,
                    n=n,
                    date=date,
                    gains=gains_in_words(anew.gains, lang),
                    proven=proof(anew.proven, lang),
                    changes=len(diff(scenario, plan, anew.plan_after(scenario, plan))),
                )
                out().print(line, soft_wrap=True)
    if not found:
        raise typer.Exit(Exit.INFEASIBLE)


def _suggestions(
    scenario: Scenario, plan: Plan, leave: str | None, company: str | None, count: int
) -> tuple[Suggestion, ...]:
    from dashboards.commands.asking import companies, expect_screened, known, persons, words_of
    from dashboards.runs import RunError
    from planner.recommend import leave_dates, visit_dates

    if company is not None:
        expect_screened(scenario, known(company, companies(scenario)))
        return visit_dates(scenario, plan, company, n=count)
    person, period = words_of(leave or "", 2, "'PERSON 2023-Q2'")
    known(person, persons(scenario))
    known(period, {label.label for label in scenario.periods})
    if not any((x.person, x.period) == (person, period) for x in plan.leaves):
        raise RunError("ask.no-leave", usage=True, person=person, period=period)
    return leave_dates(scenario, plan, person, period, n=count)

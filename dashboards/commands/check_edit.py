"""``bureau check-edit``: whether an edit by hand breaks a rule, without a solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument, both

if TYPE_CHECKING:
    from planner.edit import Edit
    from planner.plan import Plan
    from scenarios.model import Scenario


def check_edit(
    run: RunArgument,
    leave: Annotated[
        str | None, typer.Option("--leave", help=both("option.edit-leave"), show_default=False)
    ] = None,
    visit: Annotated[
        str | None, typer.Option("--visit", help=both("option.edit-visit"), show_default=False)
    ] = None,
    company: Annotated[
        str | None, typer.Option("--company", help=both("option.edit-company"), show_default=False)
    ] = None,
    leader: Annotated[
        str | None, typer.Option("--leader", help=both("option.edit-leader"), show_default=False)
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Judge one edit of a stored plan; nothing is written."""
    from dashboards.checks import rule_label
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.labels import in_words, subject_labels
    from dashboards.runs import RunError, find_run
    from dashboards.terminal import out, print_json
    from dashboards.texts import t
    from planner.audit import audit_table
    from planner.edit import judge

    with failing_in_words(lang, as_json):
        given = [x for x in (leave, visit, company, leader) if x is not None]
        if len(given) != 1:
            options = "--leave, --visit, --company, --leader"
            raise RunError("ask.one", usage=True, options=options)
        stored = find_run(run)
        scenario, plan = stored.scenario, stored.plan
        judged = judge(scenario, plan, _edit(scenario, plan, leave, visit, company, leader))
        found = {"broken": judged.broken, "mended": judged.mended, "noted": judged.noted}
        if as_json:
            print_json({name: audit_table(x).to_dict("records") for name, x in found.items()})
        else:
            labels = subject_labels(scenario, lang)
            if not judged.broken:
                out().print(t("check.kept", lang))
            for name, findings in found.items():
                if findings:
                    out().print(t(f"check.{name}", lang, n=len(findings)))
                for x in findings:
                    line = t(
                        "audit.note" if name == "noted" else "audit.violated",
                        lang,
                        rule=rule_label(x.rule, lang),
                        clause=x.clause,
                        subject=in_words(x.subject, labels),
                        period=x.period,
                        required=in_words(x.required, labels),
                        actual=in_words(x.actual, labels),
                    )
                    out().print(f"  {line}", soft_wrap=True)
    if judged.broken:
        raise typer.Exit(Exit.CHECK_FAILED)


def _edit(
    scenario: Scenario,
    plan: Plan,
    leave: str | None,
    visit: str | None,
    company: str | None,
    leader: str | None,
) -> Edit:
    from dashboards.commands.asking import companies, day_in, known, persons, words_of
    from dashboards.runs import RunError
    from planner.edit import MoveCompany
    from planner.moving import MoveLeave, MoveVisit, Receive

    visits = {group.id for group in plan.visits}
    if leave is not None:
        person, period, first = words_of(leave, 3, "'PERSON 2023-Q2 2023-05-03'")
        known(person, persons(scenario))
        known(period, {label.label for label in scenario.periods})
        if not any((x.person, x.period) == (person, period) for x in plan.leaves):
            raise RunError("ask.no-leave", usage=True, person=person, period=period)
        start = day_in(scenario, first)
        last = start + scenario.rules.leave.length_days - 1
        day_in(scenario, scenario.days.date_of(last).isoformat())
        return MoveLeave(person, period, start)
    if visit is not None:
        group, first = words_of(visit, 2, "'VISIT 2023-05-03'")
        start = day_in(scenario, first)
        last = start + scenario.rules.visits.length_days - 1
        day_in(scenario, scenario.days.date_of(last).isoformat())
        return MoveVisit(known(group, visits), start)
    if company is not None:
        who, group = words_of(company, 2, "'COMPANY VISIT'")
        known(who, companies(scenario))
        return MoveCompany(who, None if group == "none" else known(group, visits))
    words = (leader or "").split()
    if len(words) == 2 and words[1] == "none":
        return Receive(known(words[0], visits), None, None)
    group, who, day = words_of(leader or "", 3, "'VISIT LEADER 2023-05-03'")
    known(who, {x.id for x in scenario.organisation.leaders})
    return Receive(known(group, visits), who, day_in(scenario, day))

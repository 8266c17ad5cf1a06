"""``bureau replan``: something happened; the plan with the least change."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import (
    ForceOption,
    JsonOption,
    LangOption,
    OutOption,
    RunArgument,
    both,
)
from scenarios.part import Lang

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.commands.happened import Told
    from dashboards.edits import Edits
    from dashboards.runs import Run
    from planner.audit import Finding
    from planner.plan import Plan
    from planner.replan import Replan
    from scenarios.model import Scenario


def replan(
    run: RunArgument,
    today: Annotated[str, typer.Option("--today", "--as-of", help=both("option.today"))],
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help=both("option.replan-scenario"), show_default=False),
    ] = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", help=both("option.event"), show_default=False)
    ] = None,
    out: OutOption = None,
    force: ForceOption = False,
    frontier: Annotated[bool, typer.Option("--frontier", help=both("option.frontier"))] = False,
    draft: Annotated[
        Path | None, typer.Option("--draft", help=both("option.draft"), show_default=False)
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Plan a changed scenario anew, keeping what was published wherever it can stay."""
    from dashboards.commands.asking import day_in
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.commands.happened import after_what_happened, documents, reasoned, told_of
    from dashboards.commands.work import working
    from dashboards.edits import pins_of
    from dashboards.runs import Inputs, find_run
    from dashboards.store import Meta, check_free, default_folder, write_run
    from dashboards.terminal import out as console
    from dashboards.terminal import print_json
    from dashboards.texts import t
    from planner.audit import violations
    from planner.history import broken_before
    from planner.pins import NO_PINS
    from planner.replan import replan as plan_again
    from scenarios.load import load_scenario

    with failing_in_words(lang, as_json):
        stored = find_run(run)
        given = stored.scenario if scenario is None else load_scenario(scenario)
        _expect_same_year(stored, given)
        day = day_in(given, today)
        given, events = after_what_happened(given, event or (), day)
        edits = _edits(stored, draft)
        pins = NO_PINS if edits is None else pins_of(given, stored.plan, edits)
        inputs = Inputs(seed=None, futures=0, plan_hash=stored.plan.content_hash)
        folder = out or default_folder(given, inputs)
        check_free(folder, force=force)
        with working(lang) as work:
            made = plan_again(
                given, stored.plan, day, with_frontier=frontier, stop=work.stop, pins=pins
            )
            findings = work.audit(given, made.plan)
            stopped = work.stop()
        past = broken_before(given, made.plan, findings, day)
        # Only where nothing but the events is new does all that must change come of them.
        alone = scenario is None and edits is None
        told = told_of(given, stored.plan, made, events, today=day, alone=alone)
        meta = Meta(inputs, work.seconds, complete=not stopped)
        table = reasoned(given, told)
        write_run(
            folder,
            given,
            made.plan,
            findings,
            None,
            meta,
            force=force,
            extra={"changes": table},
            documents=documents(given, stored, told, day),
        )
        if as_json:
            points = [{"cost": x.cost, "value": x.value, "bound": x.bound} for x in made.frontier]
            facts = {"cost": made.cost, "bound": made.bound, "proven": made.proven}
            rows = table.to_dict("records")
            broken = [{"rule": x.rule, "subject": x.subject, "period": x.period} for x in past]
            said = {"changes": rows, "frontier": points, "history": broken}
            sums = {"totals": asdict(told.totals), "events": [x.text for x in events]}
            print_json({"run": str(folder), **facts, **said, **sums})
        else:
            history = list(_of_history(given, past, lang))
            for line in (
                *_lines(given, stored.plan, made, told, lang),
                *history,
                t("replan.stored", lang, folder=folder),
            ):
                console().print(line, soft_wrap=True)
    if stopped:
        raise typer.Exit(Exit.INTERRUPTED)
    if len(violations(findings)) > len(past):
        raise typer.Exit(Exit.CHECK_FAILED)


def _expect_same_year(stored: Run, scenario: Scenario) -> None:
    """Refuse a scenario of other bureaus, or whose days count from another one.

    Raises
    ------
    RunError
        When it is one.
    """
    from dashboards.runs import RunError

    before = stored.scenario
    ours, theirs = ({x.id for x in one.organisation.bureaus} for one in (before, scenario))
    if before.horizon.start != scenario.horizon.start or not ours & theirs:
        raise RunError(
            "run.other-scenario",
            usage=True,
            run=stored.id,
            found=f"{before.id} {before.content_hash[:8]}",
            allowed=f"{scenario.id} {scenario.content_hash[:8]}",
        )


def _edits(stored: Run, file: Path | None) -> Edits | None:
    """Return what a draft asks to be kept; None where there is no draft.

    Raises
    ------
    RunError
        When the draft cannot be read, or is of another plan.
    """
    from dashboards.draft import expect_plan, read

    if file is None:
        return None
    found = read(file)
    expect_plan(found, stored)
    return found.edits


def _of_history(scenario: Scenario, past: Sequence[Finding], lang: Lang) -> Iterator[str]:
    """Say which rules the past breaks: it stays as it was."""
    from dashboards.checks import rule_label
    from dashboards.labels import subject_labels
    from dashboards.texts import t

    labels = subject_labels(scenario, lang)
    if past:
        yield t("replan.history", lang)
    for x in past:
        who = labels.get(x.subject, x.subject)
        words = {"rule": rule_label(x.rule, lang), "subject": who, "period": x.period}
        yield t("replan.history.line", lang, **words, required=x.required, actual=x.actual)


def _lines(
    scenario: Scenario, published: Plan, made: Replan, told: Told, lang: Lang
) -> Iterator[str]:
    from dashboards.commands.asking import proof
    from dashboards.commands.happened import newcomers_left, staying
    from dashboards.replanned import reason
    from dashboards.texts import t
    from planner.changes import in_words

    yield from (t("replan.event", lang, event=event.text) for event in told.events)
    if not made.changes:
        yield t("replan.none", lang)
    else:
        said = {"n": len(made.changes), "cost": made.cost, "bound": made.bound}
        yield t("replan.done", lang, **said, proven=proof(made.proven, lang))
        yield t("replan.totals", lang, **asdict(told.totals))
    for change, cause in zip(made.changes, told.causes, strict=True):
        yield f"  {in_words(scenario, change).get(lang)}"
        rule = staying(scenario, published, made.plan, change, lang) if told.events else ""
        yield from (f"    {said}" for said in (reason(scenario, cause, lang), rule) if said)
    yield from newcomers_left(scenario, made.plan, told, lang)
    if len(made.frontier) > 1:
        yield t("replan.frontier", lang)
        for x in made.frontier:
            yield t("replan.point", lang, cost=x.cost, value=x.value, bound=x.bound)

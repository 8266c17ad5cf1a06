"""``bureau audit``: recompute every rule from the tables of a stored run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument
from scenarios.part import Lang

if TYPE_CHECKING:
    from dashboards.checks import Check
    from scenarios.model import Scenario


def audit(run: RunArgument, lang: LangOption = "zh", as_json: JsonOption = False) -> None:
    """Audit the tables as they lie in the folder, edited by hand or not."""
    from dashboards.checks import checks, tally
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.runs import PLAN_TABLES, find_run
    from dashboards.terminal import out, print_json
    from dashboards.texts import t
    from planner.audit import audit as audit_tables
    from planner.audit import audit_table

    with failing_in_words(lang, as_json):
        stored = find_run(run)
        table = audit_table(audit_tables(stored.scenario, stored.tables()))
        found = checks(table)
        counts = tally(found)
        figures = {"n": len(found), "violated": counts["violated"], "noted": counts["note"]}
        edited = [file for file in stored.edited() if file.removesuffix(".csv") in PLAN_TABLES]
        if as_json:
            content = {"run": str(stored.folder), "edited": edited, **figures}
            print_json({**content, "findings": table.to_dict("records")})
        else:
            console = out()
            console.print(t("audit.summary", lang, **figures))
            if edited:
                console.print(t("audit.edited", lang, files=", ".join(edited)), soft_wrap=True)
            for line in _lines(found, stored.scenario, lang):
                console.print(line, soft_wrap=True)
    if counts["violated"]:
        raise typer.Exit(Exit.CHECK_FAILED)


def _lines(found: list[Check], scenario: Scenario, lang: Lang) -> Iterator[str]:
    """Yield a line for each finding that is not kept, hard rules first."""
    from dashboards.checks import rule_label
    from dashboards.labels import in_words, subject_labels
    from dashboards.texts import t

    labels = subject_labels(scenario, lang)
    for check in found:
        if check.verdict != "ok":
            yield t(
                f"audit.{check.verdict}",
                lang,
                rule=rule_label(check.rule, lang),
                clause=check.clause,
                subject=in_words(check.subject, labels),
                period=check.period,
                required=in_words(check.required, labels),
                actual=in_words(check.actual, labels),
            )

"""``bureau audit``: recompute every rule from the tables of a stored run."""

from __future__ import annotations

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument


def audit(run: RunArgument, lang: LangOption = "zh", as_json: JsonOption = False) -> None:
    """Audit the tables as they lie in the folder, edited by hand or not."""
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.runs import PLAN_TABLES, find_run
    from dashboards.terminal import out, print_json
    from dashboards.texts import t
    from dashboards.verdict import hard_violations, violation_lines
    from planner.audit import audit as audit_tables
    from planner.audit import audit_table

    with failing_in_words(lang, as_json):
        stored = find_run(run)
        findings = audit_tables(stored.scenario, stored.tables())
        broken = hard_violations(findings)
        edited = [file for file in stored.edited() if file.removesuffix(".csv") in PLAN_TABLES]
        if as_json:
            table = audit_table(findings)
            print_json(
                {
                    "run": str(stored.folder),
                    "checked": len(table),
                    "violated": len(broken),
                    "edited": edited,
                    "findings": table.to_dict("records"),
                }
            )
        else:
            console = out()
            console.print(t("audit.summary", lang, n=len(findings), violated=len(broken)))
            if edited:
                console.print(t("audit.edited", lang, files=", ".join(edited)), soft_wrap=True)
            for line in violation_lines(findings, lang):
                console.print(line, soft_wrap=True)
    if broken:
        raise typer.Exit(Exit.CHECK_FAILED)

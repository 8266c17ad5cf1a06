"""``bureau doctor``: whether this machine can do the main job."""

from __future__ import annotations

import typer

from dashboards.commands.options import JsonOption, LangOption


def doctor(lang: LangOption = "zh", as_json: JsonOption = False) -> None:
    """Check the machine, one line a check."""
    from dashboards.commands.failing import Exit
    from dashboards.health import checks
    from dashboards.terminal import out, print_json
    from dashboards.texts import t

    found = []
    for check in checks():
        found.append(check)
        if not as_json:
            line = f"{t(f'health.{check.state}', lang):<6}{t(f'health.{check.id}', lang)}"
            out().print(f"{line}: {check.said.get(lang)}", soft_wrap=True)
    failed = [check.id for check in found if check.state == "bad"]
    if as_json:
        print_json(
            {
                "fine": not failed,
                "checks": [
                    {"id": c.id, "state": c.state, "said": c.said.model_dump()} for c in found
                ],
            }
        )
    if failed:
        raise typer.Exit(Exit.CHECK_FAILED)

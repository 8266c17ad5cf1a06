"""``bureau export xlsx``: the workbook of a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboards.commands.options import LangOption, RunArgument, both


def xlsx(
    run: RunArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help=both("option.xlsx-out"), show_default=False)
    ] = None,
    allocation: Annotated[
        Path | None,
        typer.Option("--allocation", help=both("option.xlsx-allocation"), show_default=False),
    ] = None,
    drivers: Annotated[
        Path | None, typer.Option("--drivers", help=both("option.xlsx-drivers"), show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=both("option.xlsx-force"))] = False,
    lang: LangOption = "zh",
) -> None:
    """Write the workbook of a stored run."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.keeping import expect_free, put
    from dashboards.exports.workbook import workbook
    from dashboards.exports.workbook.beside import read_allotment, read_drivers
    from dashboards.runs import find_run
    from dashboards.terminal import out as console
    from dashboards.texts import t

    with failing_in_words(lang, as_json=False):
        stored = find_run(run)
        file = out or Path(f"{stored.id}-{lang}.xlsx")
        expect_free(file, force=force)
        content = workbook(
            stored,
            lang,
            allocation=read_allotment(allocation, stored) if allocation else None,
            drivers=read_drivers(drivers, stored) if drivers else None,
        )
        put(file, content)
        size = f"{len(content) / 1000:,.0f}"
        console().print(t("xlsx.written", lang, file=file, size=size), soft_wrap=True)

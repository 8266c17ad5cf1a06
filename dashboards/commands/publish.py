"""``bureau publish``: say that the plan of a run holds from now on."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument, both


def publish(
    run: RunArgument,
    note: Annotated[str, typer.Option("--note", help=both("option.publish-note"))] = "",
    by: Annotated[str | None, typer.Option("--by", help=both("option.publish-by"))] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Publish the plan of a run as the next version of its scenario."""
    from dataclasses import asdict

    from dashboards.commands.failing import failing_in_words
    from dashboards.publications import publish as publish_run
    from dashboards.runs import find_run
    from dashboards.terminal import out, print_json
    from dashboards.texts import t

    with failing_in_words(lang, as_json):
        stored = find_run(run)
        made = publish_run(stored.folder.resolve().parent, stored, by=by, note=note)
        if as_json:
            print_json({**asdict(made), "published_at": made.published_at.isoformat()})
            return
        out().print(
            t(
                "publish.done",
                lang,
                title=stored.head.title.get(lang),
                version=made.version,
                run=made.run,
                plan=made.plan_hash[:8],
            ),
            soft_wrap=True,
        )

"""``bureau export ics``: calendar files of a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import LangOption, RunArgument, both

if TYPE_CHECKING:
    from dashboards.agenda import Scope
    from dashboards.runs import Run
    from scenarios.model import Scenario
    from scenarios.part import Lang

LARGEST_SEQUENCE = 2**31 - 1


def ics(
    run: RunArgument,
    person: Annotated[
        str | None, typer.Option("--person", help=both("option.ics-person"), show_default=False)
    ] = None,
    bureau: Annotated[
        str | None, typer.Option("--bureau", help=both("option.ics-bureau"), show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=both("option.ics-out"), show_default=False)
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", help=both("option.ics-before"), show_default=False)
    ] = None,
    sequence: Annotated[
        int | None,
        typer.Option(
            "--sequence",
            min=0,
            max=LARGEST_SEQUENCE,
            help=both("option.ics-sequence"),
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=both("option.ics-force"))] = False,
    lang: LangOption = "zh",
) -> None:
    """Write the calendar of a person, a bureau or everybody, or a ZIP file of them all."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.keeping import expect_free, put
    from dashboards.exports.ics import archive, calendar
    from dashboards.runs import find_run
    from dashboards.terminal import err
    from dashboards.terminal import out as console
    from dashboards.texts import t

    with failing_in_words(lang, as_json=False):
        stored = find_run(run)
        scope = _scope(stored.scenario, person, bureau)
        earlier = find_run(before) if before is not None else None
        number = _sequence(stored, earlier) if sequence is None else sequence
        packed = scope.id == "all" and (out is None or out.suffix.lower() != ".ics")
        file = out or Path(f"{stored.id}-{scope.name}-{lang}.{'zip' if packed else 'ics'}")
        content = (
            archive(stored, lang, sequence=number, before=earlier)
            if packed
            else calendar(stored, lang, scope, sequence=number, before=earlier)
        )
        expect_free(file, force=force)
        put(file, content)
        console().print(_summary(file, stored, scope, content, number, lang), soft_wrap=True)
        err().print(t("ics.hint", lang), soft_wrap=True)


def _scope(scenario: Scenario, person: str | None, bureau: str | None) -> Scope:
    """Return whose calendar is asked for."""
    from dashboards.agenda import Scope, scope_of, scopes
    from dashboards.runs import RunError

    if person is not None and bureau is not None:
        raise RunError("ics.one-of", usage=True)
    if person is not None:
        return scope_of(scenario, person, [scope for scope in scopes(scenario) if scope.person])
    if bureau is not None:
        bureaus = [scope for scope in scopes(scenario) if scope.bureau and not scope.person]
        return scope_of(scenario, bureau, bureaus)
    return Scope()


def _sequence(run: Run, before: Run | None) -> int:
    """Return the version the run was published as; else one more than the run before."""
    from dashboards.feeds import version_of

    version = version_of(run)
    if version is not None:
        return version
    return 0 if before is None else (version_of(before) or 0) + 1


def _summary(file: Path, run: Run, scope: Scope, content: bytes, sequence: int, lang: Lang) -> str:
    """Return what was written, counted in the content itself."""
    from icalendar import Calendar

    from dashboards.agenda import scopes
    from dashboards.texts import t

    if not content.startswith(b"BEGIN:VCALENDAR"):
        n = len(scopes(run.scenario))
        return t("ics.written-zip", lang, file=file, n=n, sequence=sequence)
    events = Calendar.from_ical(content).walk("VEVENT")
    return t(
        "ics.written",
        lang,
        file=file,
        whose=scope.title(run.scenario, lang),
        n=len(events),
        cancelled=sum(event["STATUS"] == "CANCELLED" for event in events),
        sequence=sequence,
    )

"""The first sheet: what this is, what must be known before any figure is read, what is where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from xlsxwriter.utility import quote_sheetname

from dashboards import checks, notices
from dashboards.exports.workbook import grid
from dashboards.exports.workbook.book import Book
from dashboards.exports.workbook.sheet import FIRST, Sheet
from dashboards.exports.workbook.styles import Style
from dashboards.format import count
from dashboards.format import days as write_days
from dashboards.odds import share

_LABEL: Final = 26
_WORDS: Final = 130
"""Widths of the two columns."""


def open_cover(book: Book) -> Sheet:
    """Add the cover, to be filled once all other sheets are there."""
    sheet = book.sheet(book.t("workbook.cover.tab"), "cover", across=2)
    sheet.widths({0: _LABEL, 1: _WORDS})
    sheet.one_page()
    return sheet


def fill_cover(sheet: Sheet) -> None:
    """Write the cover."""
    book = sheet.book
    home = book.scenario.organisation.home.get(book.lang)
    sheet.open(book.t("workbook.cover.title", home=home), book.t("workbook.cover.note"))
    row = FIRST
    for style, words in _warnings(book):
        sheet.note(row, words, style)
        row += 1
    if row > FIRST:
        row += 1
    for label, words in _facts(book):
        sheet.put(row, 0, label, "head")
        sheet.put(row, 1, words)
        sheet.fit(row, [(words, _WORDS)])
        row += 1
    row = _contents(sheet, row + 1)
    sheet.section(row + 1, book.t("workbook.cover.words"))
    for i, (label, words) in enumerate(_words(book)):
        tone = label if label in grid.STATUSES else None
        letter = grid.letter(book, label) if tone else label
        sheet.put(row + 2 + i, 0, letter, "mark" if tone else "head", tone)
        sheet.put(row + 2 + i, 1, words)
        sheet.fit(row + 2 + i, [(words, _WORDS)])


def _warnings(book: Book) -> Iterator[tuple[Style, str]]:
    """Yield what must be known before any figure is read."""
    run, lang = book.run, book.lang
    for words in (notices.invented(book.scenario, lang), notices.predicted(book.scenario, lang)):
        if words:
            yield "notice", words
    edited = run.edited()
    if edited:
        yield "alert", book.t("workbook.edited", files=", ".join(edited))
    if not run.head.complete:
        yield "alert", book.t("app.stopped")
    if not run.has_forecast:
        yield "notice", book.t("app.no_forecast")
    tally = checks.tally(checks.checks(run.audit))
    if tally["violated"]:
        counts = {verdict: tally[verdict] for verdict in checks.ORDER}
        yield "alert", book.t("app.audited", n=tally.total(), **counts)


def _facts(book: Book) -> Iterator[tuple[str, str]]:
    run, head, lang = book.run, book.run.head, book.lang
    horizon = book.scenario.horizon
    tally = checks.tally(checks.checks(run.audit))
    counts = {verdict: tally[verdict] for verdict in checks.ORDER}
    created = head.created.strftime("%Y-%m-%d %H:%M UTC")
    facts = [
        ("level", book.t("workbook.level")),
        ("scenario", head.title.get(lang)),
        ("days", write_days(horizon.start, horizon.end, lang)),
        ("run", run.id),
        ("created", created),
        ("audit", book.t("app.audited", n=tally.total(), **counts)),
        ("presence", book.t(f"policy.{book.scenario.rules.presence.policy}")),
        ("plan_hash", head.plan_hash),
        ("scenario_hash", head.scenario_hash),
        ("inputs_hash", head.inputs_hash),
        ("version", head.versions.get("bureau-planner", "?")),
    ]
    if run.has_forecast:
        forecast = run.forecast
        facts.append(
            (
                "forecast",
                book.t(
                    "app.footer.forecast",
                    n=count(forecast["n"]),
                    tails=count(forecast.get("tails", 1)),
                    seed=forecast["seed"],
                    confidence=share(forecast["confidence"], lang),
                    engine=forecast["engine"],
                ),
            )
        )
    for key, words in facts:
        yield book.t(f"workbook.fact.{key}"), words


def _contents(sheet: Sheet, row: int) -> int:
    """List the sheets with a link to each; return the row after them."""
    book = sheet.book
    sheet.section(row, book.t("workbook.cover.contents"))
    row, listed = row + 1, ""
    for other in book.sheets:
        if other is sheet or other.key == "meta" or other.key == listed:
            continue
        listed = other.key
        alike = [x.name for x in book.sheets if x.key == other.key]
        name = other.name if len(alike) == 1 else f"{alike[0]}–{alike[-1]}"
        link = f"internal:{quote_sheetname(other.name)}!A1"
        sheet.worksheet.write_url(row, 0, link, book.style("link"), name)
        sheet.put(row, 1, book.t(f"workbook.{other.key}.about"))
        row += 1
    return row


def _words(book: Book) -> Iterator[tuple[str, str]]:
    for status in grid.STATUSES:
        yield status, book.t(f"workbook.means.{status}")
    for page in ("calendar", "forecast"):
        if page == "calendar" or book.run.has_forecast:
            yield book.t(f"app.{page}.title"), book.t(f"app.{page}.definition")

"""What the week asks for: the weekly check by kind and bureau, and as a file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboards.format import day as write_day
from dashboards.labels import bureau_labels, rows_of, subject_labels
from dashboards.texts import t
from scenarios.ledger import TABLES, Ledger, Remark
from scenarios.ledger.weekly import Item, ItemKind
from scenarios.model import Scenario
from scenarios.part import Lang

ORDER: Final[tuple[ItemKind, ...]] = (
    "per-diem-waits",
    "request-overdue",
    "duty-overdue",
    "request-due",
    "clearing-due",
    "call-away",
    "missing-days",
    "lead-stale",
)
"""Kinds of things to do, the most urgent first."""

OFFICE: Final = ""
"""Stands for nobody in particular: a duty of the whole office."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing to do with the names of whom it concerns.

    Attributes
    ----------
    item
        The thing to do.
    bureau
        Id of the bureau; :data:`OFFICE` where it is no bureau's alone.
    subject
        Whom or what it concerns, by name.
    """

    item: Item
    bureau: str
    subject: str


def named(
    items: Sequence[Item], ledger: Ledger, scenario: Scenario, lang: Lang
) -> dict[ItemKind, list[Named]]:
    """Return everything to do by kind, the most urgent kind first, oldest first within.

    Kinds of which there is nothing are left out.
    """
    bureau_of = {person.id: bureau.id for bureau, person in scenario.persons}
    bureau_of |= {bureau.id: bureau.id for bureau in scenario.organisation.bureaus}
    labels = subject_labels(scenario, lang)
    duties = TABLES["duties"].column("kind").words
    labels |= {kind: text.get(lang) for kind, text in duties.items()}
    for row in rows_of(ledger.tables["leads"].drop_duplicates("lead")):
        bureau_of[row["lead"]] = row["bureau"]
        labels[row["lead"]] = t("app.year.lead", lang, company=row["company"], lead=row["lead"])
    found: dict[ItemKind, list[Named]] = {kind: [] for kind in ORDER}
    for item in sorted(items, key=lambda item: (item.day, item.subject)):
        subject = labels.get(item.subject, item.subject)
        found[item.kind].append(Named(item, bureau_of.get(item.subject, OFFICE), subject))
    return {kind: entries for kind, entries in found.items() if entries}


def counts(
    found: Mapping[ItemKind, Sequence[Named]], scenario: Scenario, lang: Lang
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of how many things of each kind there are, by bureau and in all."""
    names = bureau_labels(scenario, lang)
    tallies = {kind: Counter(one.bureau for one in entries) for kind, entries in found.items()}
    if any(tally[OFFICE] for tally in tallies.values()):
        names |= {OFFICE: t("app.year.office", lang)}
    head = [t("app.year.column.todo", lang), *names.values(), t("app.column.total", lang)]
    rows = [
        [
            t(f"app.year.item.{kind}", lang),
            *(str(tally[bureau]) if tally[bureau] else "" for bureau in names),
            str(tally.total()),
        ]
        for kind, tally in tallies.items()
    ]
    return head, rows


def rows(entries: Sequence[Named], scenario: Scenario, lang: Lang) -> list[list[str]]:
    """Return the things to do of one kind: bureau, whom it concerns, day, in words."""
    names = bureau_labels(scenario, lang) | {OFFICE: t("app.year.office", lang)}
    return [
        [one.subject, names[one.bureau], write_day(one.item.day, lang), one.item.said.get(lang)]
        for one in entries
    ]


def waiting(items: Sequence[Item]) -> int:
    """Return how many bureaus' per-diem waits for a clearing."""
    return len({item.subject for item in items if item.kind == "per-diem-waits"})


def check_csv(found: Mapping[ItemKind, Sequence[Named]], scenario: Scenario, lang: Lang) -> bytes:
    """Return the weekly check as a table for Excel: UTF-8 with a byte order mark.

    What begins like a formula is written as text: companies name themselves.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    keys = ("todo", "subject", "bureau", "day", "said")
    writer.writerow([t(f"app.year.column.{key}", lang) for key in keys])
    for kind, entries in found.items():
        for one, row in zip(entries, rows(entries, scenario, lang), strict=True):
            cells = [row[0], row[1], one.item.day.isoformat(), row[3]]
            writer.writerow([t(f"app.year.item.{kind}", lang), *map(_plain, cells)])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def remark_rows(odd: Sequence[Remark], lang: Lang) -> list[list[str]]:
    """Return what is odd: table, entry, whether it counts, in words."""
    return [
        [
            TABLES[one.table].title.get(lang),
            one.entry,
            t("app.year.counts" if one.used else "app.year.counts-not", lang),
            one.said.get(lang),
        ]
        for one in odd
    ]

"""A comparison as a file: every figure of every side with its paired difference, for Excel."""

from __future__ import annotations

import csv
import io

from dashboards.compared import Table
from dashboards.texts import t
from scenarios.part import Lang
from sim.comparison import Comparison, letter

_HEAD = ("side", "bureau", "figure", "a", "b", "difference", "low", "high", "verdict")


def comparison_csv(found: Comparison, lang: Lang) -> bytes:
    """Return the figures as a table, UTF-8 with a byte order mark; same input, same bytes.

    Parameters
    ----------
    found
        The comparison.
    lang
        Language of heads and names.
    """
    out, table = io.StringIO(), Table(found, lang)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([t(f"app.compare.file.{key}", lang) for key in _HEAD])
    for i, other in enumerate(found.others):
        scopes = [(None, t("app.all_bureaus", lang)), *table.names.items()]
        for bureau, name in scopes:
            for key in table.keys(bureau):
                if key not in other.tally.common:
                    continue
                own = found.difference(i, *key)
                values = (own.a, own.b, own.difference, own.low, own.high)
                verdict = t(f"app.compare.verdict.{own.verdict(found.margins)}", lang)
                told = [f"{value:.6g}" for value in values]
                writer.writerow([letter(i + 1), name, table.label(key), *told, verdict])
    for place, side in enumerate(found.sides):
        writer.writerow([letter(place), side.scenario.title.get(lang), side.scenario.id])
    note = {"n": found.n, "tails": found.tails, "seed": found.seed}
    confidence = f"{100 * found.confidence:.4g}"
    writer.writerow([t("app.compare.file.note", lang, confidence=confidence, **note)])
    return out.getvalue().encode("utf-8-sig")

"""The score as a file: items, totals and grades of every bureau under every reading, for Excel."""

from __future__ import annotations

import csv
import io

from dashboards import scoring
from dashboards.figures import reading_label
from dashboards.labels import bureau_labels
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang
from sim.results import Results

_HEAD = ("reading", "bureau", "figure", "full", "mean", "p10", "p50", "p90", "low", "high")


def score_csv(scenario: Scenario, results: Results, seed: int, lang: Lang) -> bytes:
    """Return the score table, UTF-8 with a byte order mark; same input, same bytes.

    Parameters
    ----------
    scenario
        Whose names stand.
    results
        The futures.
    seed
        Of the futures.
    lang
        Language of heads and names.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([t(f"app.score.file.{key}", lang) for key in _HEAD])
    names = bureau_labels(scenario, lang)
    for reading, sheet in results.sheets.items():
        read = reading_label(reading, lang)
        for bureau in results.bureaus:
            whole = scoring.total(results, sheet, bureau)
            if whole is None:
                continue
            entries = [
                (part.item.label.get(lang), f"{part.full:g}", part.points)
                for part in scoring.parts(results, sheet, bureau)
            ]
            for label, full, own in [*entries, (t("app.score.total", lang), "", whole)]:
                told = [f"{value:.4f}" for value in (own.mean, own.p10, own.p50, own.p90)]
                writer.writerow([read, names[bureau], label, full, *told, "", ""])
            odds = scoring.grades(results, sheet, bureau)
            for grade in scenario.assessment.grades:
                p = odds[grade.id]
                label = t("app.score.file.odds", lang, grade=grade.label.get(lang))
                ends = [f"{value:.6f}" for value in (p.low, p.high)]
                writer.writerow([read, names[bureau], label, "", f"{p.p:.6f}", "", "", "", *ends])
    n, tails = results.samples.each("signed").shape[:2]
    writer.writerow([t("app.score.file.note", lang, n=n, tails=tails, seed=seed)])
    return out.getvalue().encode("utf-8-sig")

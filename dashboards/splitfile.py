"""A split of the money as a file: what each bureau gets and what comes of it, for Excel."""

from __future__ import annotations

import csv
import io

from dashboards.labels import bureau_labels
from dashboards.texts import t
from dashboards.whatif import WhatIf
from scenarios.model import Scenario
from scenarios.part import Lang
from sim.tally import Key


def split_csv(scenario: Scenario, found: WhatIf, seed: int, lang: Lang) -> bytes:
    """Return the split as a table, UTF-8 with a byte order mark; same input, same bytes.

    Parameters
    ----------
    scenario
        Whose names and targets stand.
    found
        The split against today's.
    seed
        Of the futures.
    lang
        Language of the heads.
    """
    head = ["bureau", "present", "asked", "figure", "now", "then", "difference", "low", "high"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([t(f"app.budget.file.{key}", lang) for key in head])
    names = bureau_labels(scenario, lang)
    targets = {target.id: target.label.get(lang) for target in scenario.targets}
    for place, (bureau, name) in enumerate(names.items()):
        keys: list[tuple[str, Key]] = [(targets[key], ("target", bureau, key)) for key in targets]
        keys.append((t("app.budget.all_main", lang), ("all_main", bureau)))
        keys.append((t("app.budget.score", lang), ("score", bureau)))
        keys.append((t("app.budget.spend", lang), ("spend_yuan", bureau)))
        keys.append((t("app.budget.dry", lang), ("dry", bureau)))
        for label, key in keys:
            if found.has(*key):
                own = found.difference(*key)
                values = (own.a, own.b, own.difference, own.low, own.high)
                told = [f"{value:.6g}" for value in values]
                writer.writerow([name, found.present[place], found.split[place], label, *told])
    note = t("app.budget.file.note", lang, n=found.n, tails=found.tails, seed=seed)
    writer.writerow([note])
    return out.getvalue().encode("utf-8-sig")

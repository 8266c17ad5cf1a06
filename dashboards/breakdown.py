"""Which change makes the difference: a stored comparison's waterfall, or how to get one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import streamlit as st

from dashboards import access, benches, compared, markup, starting
from dashboards.format import difference_digits, money_unit, signed
from dashboards.frame import View, heading
from dashboards.markup import NUMBER, Align, Cell
from dashboards.runs import COMPARISONS, Run, RunError, first_line, runs_root
from dashboards.store import COMPARISON
from dashboards.texts import LANGS, t
from scenarios.part import Lang

MEASURES: Final = ("bureaus_main", "score", "signed_yuan", "funds_yuan")
"""Columns of the waterfall."""


def draw(view: View, runs: Sequence[Run]) -> None:
    """Draw which change makes the difference, or offer to work it out."""
    heading(view, "app.compare.breakdown")
    lang = view.lang
    folder = folder_of(runs_root(), runs)
    found = stored(folder, runs)
    if found is not None:
        for against in found["against"]:
            _steps(view, against)
    elif not access.may_plan():
        st.html(markup.paragraph(t("app.compare.only_planners", lang)))
    else:
        st.html(markup.paragraph(t("app.compare.breakdown.none", lang)))
        seed, n, _ = benches.futures_of(runs[0])
        argv = ["compare", *(str(run.folder) for run in runs), "--out", str(folder)]
        argv += ["--seed", str(seed), "-n", str(n)]
        title: dict[Lang, str] = {
            other: t("app.compare.job", other, runs=_titles(runs, other)) for other in LANGS
        }
        label = t("app.compare.breakdown.start", lang)
        starting.offer(argv, title, view, label=label, key=f"compare-{folder.name}")


def folder_of(root: Path, runs: Sequence[Run]) -> Path:
    """Return where a comparison of runs goes: the same runs in the same order, the same folder."""
    content = json.dumps([_hashes(run) for run in runs])
    return root / COMPARISONS / hashlib.sha256(content.encode()).hexdigest()[:12]


def stored(folder: Path, runs: Sequence[Run]) -> dict[str, Any] | None:
    """Return the comparison in a folder, None where there is none, or one of other runs.

    Raises
    ------
    RunError
        When it cannot be read.
    """
    file = folder / COMPARISON
    if not file.is_file():
        return None
    try:
        data: dict[str, Any] = json.loads(file.read_bytes())
        sides = [[side["scenario_hash"], side["plan_hash"]] for side in data["sides"]]
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise RunError("run.damaged", file=file, problem=first_line(error)) from error
    return data if sides == [_hashes(run) for run in runs] else None


def _hashes(run: Run) -> list[str]:
    return [run.head.scenario_hash, run.head.plan_hash]


def _titles(runs: Sequence[Run], lang: Lang) -> str:
    return " / ".join(run.head.title.get(lang) for run in runs)


def _steps(view: View, against: Mapping[str, Any]) -> None:
    """Draw a waterfall: each change's part of the difference, made in either order."""
    lang, fall, whole = view.lang, against["waterfall"], against["measures"]
    ends = {"a": against["against"], "b": against["side"]}
    if not fall["changes"]:
        st.html(markup.paragraph(t("compare.no-steps", lang, **ends)))
        return
    keys = [key for key in MEASURES if key in fall["measures"]]
    units = {key: _unit(whole[key], lang) for key in keys}
    labels = {item.id: item.label.get(lang) for item in view.scenario.assumptions.items}
    rows: list[list[Cell]] = []
    for at, change in enumerate(fall["changes"]):
        names = [compared.part_label(part, labels, lang) for part in change["parts"]]
        cells = []
        for key in keys:
            own = fall["measures"][key]
            both = [own[order][at]["difference"] for order in ("forward", "backward")]
            cells.append(
                " / ".join(dict.fromkeys(_shift(x, whole[key], units[key][0]) for x in both))
            )
        rows.append([t("app.list", lang).join(names), *cells])
    total = [_shift(whole[key]["difference"], whole[key], units[key][0]) for key in keys]
    rows.append([t("compare.total", lang), *total])
    head = [t("compare.steps", lang, **ends)]
    head += [compared.figure_label(key, units[key][1], lang) for key in keys]
    align: list[Align] = ["text", *[NUMBER] * len(keys)]
    st.html(markup.table(head, rows, caption=head[0], align=align))
    if len(fall["changes"]) > 1:
        st.html(markup.paragraph(t("compare.both-ways", lang)))


def _unit(whole: Mapping[str, Any], lang: Lang) -> tuple[float, str]:
    if whole["kind"] != "yuan":
        return 1.0, ""
    return money_unit(abs(whole["difference"]), lang)


def _shift(value: float, whole: Mapping[str, Any], unit: float) -> str:
    """Write a step with the digits that the whole difference supports, so that they add up."""
    return signed(value / unit, difference_digits(whole["low"] / unit, whole["high"] / unit))

"""Rows of a table and what corrects them: which hold, and of what first record they speak."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.ledger.tables import CORRECTS, ENTRY, RECORDED, VOID


def among(texts: pd.Series, values: Collection[str]) -> NDArray[np.bool_]:
    """Return which texts are among values; ``isin`` of Arrow texts takes twenty times as long."""
    known = frozenset(values)
    return np.fromiter((text in known for text in texts.tolist()), bool, len(texts))


def current(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that hold: of each and its corrections the last, unless it is taken back."""
    if table.empty:
        return table
    taken_back = (table[VOID] == "yes").to_numpy()
    if not (table[CORRECTS] != "").any():
        return table[~taken_back]
    root = roots(table)
    order = np.argsort(table[RECORDED].to_numpy(), kind="stable")
    last = np.zeros(len(table), dtype=bool)
    last[order[~pd.Series(root[order]).duplicated(keep="last").to_numpy()]] = True
    return table[last & ~taken_back]


def roots(table: pd.DataFrame) -> NDArray[np.int64]:
    """Return the place of the first record that each row, over any steps, puts right."""
    own = np.arange(len(table))
    above = places_of(table[CORRECTS], table[ENTRY])
    first = above < 0
    root = np.where(first, own, above)
    for _ in range(len(table).bit_length()):
        root = root[root]
    # Rows that put each other right in a circle are each their own ground.
    return np.where(first[root], root, own)


def places_of(entries: pd.Series, among: pd.Series) -> NDArray[np.int64]:
    """Return the place at which each entry first stands among others; -1 where it does not."""
    first = among.drop_duplicates()
    places = np.flatnonzero(~among.duplicated().to_numpy())
    at = pd.Index(first).get_indexer(pd.Index(entries))
    return np.where(at < 0, -1, places[at] if len(places) else -1).astype(np.int64)

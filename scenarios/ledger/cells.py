"""Cells of a ledger read a column at a time: their values, and which of them are none."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.faults import one_of, say
from scenarios.ledger.entries import among
from scenarios.ledger.tables import Column
from scenarios.ledger.texts import LONGEST, Mask, unfit, words_of
from scenarios.part import Text

_MONEY = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2})?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_FAILED = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")
"""What a spreadsheet writes where a formula failed: no text of anybody."""
_EARLIEST, _LATEST = np.datetime64("1990-01-01"), np.datetime64("2100-12-31")


_UNKNOWN = say("已登记的编号（目前一个也没有）", "an id that is known (there is none yet)")


@dataclass(frozen=True, slots=True)
class Cells:
    """A column that was read.

    Attributes
    ----------
    read
        The values, in the kind's own type: dates as ``datetime64[s]``, yuan as fen (int64), points
        and shares as float64, all else as texts. What is wrong or empty holds a blank value.
    wrong
        Cells that hold no value of the column's kind.
    allowed
        What would have been right.
    """

    read: pd.Series
    wrong: Mask
    allowed: Text


def read_cells(texts: pd.Series, column: Column, known: Mapping[str, Collection[str]]) -> Cells:
    """Read a column.

    Parameters
    ----------
    texts
        Its cells as texts without blanks around them.
    column
        What they are to hold.
    known
        The ids that exist, by kind of column.
    """
    empty = (texts == "").to_numpy()
    match column.kind:
        case "date":
            values, bad = _dates(texts)
            allowed = say("日期，如 2023-05-03", "a date such as 2023-05-03")
        case "yuan":
            values, bad = _fen(texts)
            allowed = say("0 或以上的金额（元，至分）", "an amount of 0 yuan or more, to the fen")
        case "points":
            values, bad = _numbers(texts, above=-1e-12, up_to=1000.0)
            allowed = say("0 至 1000 的数", "a number from 0 to 1000")
        case "share":
            values, bad = _numbers(texts, above=0.0, up_to=1.0)
            allowed = say("大于 0、不超过 1 的数", "a number above 0 and up to 1")
        case "text":
            values, bad = texts, unfit(texts) | texts.isin(_FAILED).to_numpy()
            allowed = say(
                f"一行文字（至多 {LONGEST:,} 个字符）",
                f"a text on one line (at most {LONGEST:,} characters)",
            )
        case "word":
            values, bad = _words(texts, column)
            allowed = say(
                one_of(title.zh for title in column.words.values()).zh, one_of(column.words).en
            )
        case _:
            ids = tuple(sorted(known.get(column.kind, ())))
            values, bad = texts, ~among(texts, ids)
            allowed = one_of(ids if len(ids) <= 12 else (*ids[:12], "…")) if ids else _UNKNOWN
    wrong = np.where(empty, not column.optional, bad)
    if column.optional:
        allowed = say(f"{allowed.zh}，或留空", f"{allowed.en}, or nothing")
    return Cells(values, wrong.astype(bool), allowed)


def _words(texts: pd.Series, column: Column) -> tuple[pd.Series, Mask]:
    # Most cells hold the word itself; people may write what they call it.
    plain = texts.isin(list(column.words)).to_numpy()
    if plain.all():
        return texts, ~plain
    values = texts.map(words_of(column)).fillna("").astype("str")
    return values, (values == "").to_numpy()


def _dates(texts: pd.Series) -> tuple[pd.Series, Mask]:
    # A spreadsheet writes 2023-05-03 back as 2023/5/3; both are read, nothing else is guessed.
    plain = texts.str.replace("/", "-", regex=False)
    shape = plain.str.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}").to_numpy(dtype=bool)
    days = pd.to_datetime(plain.where(shape), format="%Y-%m-%d", errors="coerce")
    inside = ((days >= _EARLIEST) & (days <= _LATEST)).to_numpy()
    return days.where(inside).astype("datetime64[s]"), ~inside


def _fen(texts: pd.Series) -> tuple[pd.Series, Mask]:
    # A comma parts thousands and nothing else: 1,5 may be meant as one and a half.
    parted = texts.str.fullmatch(_THOUSANDS).to_numpy(dtype=bool)
    plain = texts.mask(parted, texts.str.replace(",", "", regex=False))
    good = np.array(plain.str.fullmatch(_MONEY), dtype=bool)
    sound = plain.where(good, "0")
    yuan, part = (sound.str.replace(cut, "", regex=True) for cut in (r"\..*", r"^\d+\.?"))
    # Joined as digits: a float would lose the fen of large amounts.
    digits = yuan + part.str.ljust(2, "0")
    return pd.to_numeric(digits).astype(np.int64), ~good


def _numbers(texts: pd.Series, *, above: float, up_to: float) -> tuple[pd.Series, Mask]:
    shape = texts.str.fullmatch(r"[0-9]+(?:\.[0-9]+)?").to_numpy(dtype=bool)
    values = pd.to_numeric(texts.where(shape), errors="coerce").astype(np.float64)
    good = ((values > above) & (values <= up_to)).to_numpy()
    return values.where(good, 0.0), ~good

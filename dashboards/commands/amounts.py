"""Amounts by bureau as people type them: ``beijing=200000``, or one number for all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from dashboards.runs import RunError

_AMOUNT: Final = re.compile(r"(?:(?P<bureau>[^=]+)=)?(?P<yuan>-?[0-9]{1,3}(?:,[0-9]{3})+|-?[0-9]+)")


def amounts(option: str, texts: Iterable[str], bureaus: Sequence[str]) -> dict[str, int]:
    """Return the yuan of each bureau named; a number without a bureau is for all not named.

    Whether bureaus and amounts make sense is not looked at.

    Parameters
    ----------
    option
        Which it is, for what is said of a wrong one.
    texts
        As typed.
    bureaus
        Ids.

    Raises
    ------
    RunError
        When a text is no amount, or one is given twice.
    """
    named: dict[str, int] = {}
    for text in texts:
        found = _AMOUNT.fullmatch(text.strip())
        if found is None:
            raise RunError(
                "allocate.amount", usage=True, option=option, found=text, example=bureaus[0]
            )
        bureau = (found["bureau"] or "").strip()
        if bureau in named:
            raise RunError("allocate.twice", usage=True, option=option, found=bureau or text)
        named[bureau] = int(found["yuan"].replace(",", ""))
    every = named.pop("", None)
    return named if every is None else {**dict.fromkeys(bureaus, every), **named}

"""What the audit required and found, in the reader's language.

The audit writes short English phrases with ids and numbers in them. The catalogue holds each phrase
in both languages under ``finding``; a place of its English text stands for a number or an id.
"""

from __future__ import annotations

import re
import string
from functools import cache
from typing import Final

from dashboards.texts import catalogue, t
from scenarios.part import Lang

_PREFIX: Final = "finding."
_NUMBERS: Final = frozenset({"n", "m"})
"""Places that stand for a number; any other is one word: an id, a date, a range of days."""


def said(words: str, lang: Lang) -> str:
    """Return what the audit wrote in one language; what it has no phrase for stays as it is."""
    if lang == "en":
        return words
    for key, pattern in _phrases():

        def in_chinese(match: re.Match[str], key: str = key) -> str:
            return t(key, "zh", **match.groupdict())

        words = pattern.sub(in_chinese, words)
    return words.replace(", ", "，").replace(": ", "：")


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the English phrases as patterns by key, the longest first: short ones are in them."""
    english = {k: v for k, v in catalogue("en").texts.items() if k.startswith(_PREFIX)}
    ranked = sorted(english, key=lambda key: (-_said_length(english[key]), key))
    return tuple((key, _pattern(english[key])) for key in ranked)


def _said_length(template: str) -> int:
    return sum(len(literal) for literal, *_ in string.Formatter().parse(template))


def _pattern(template: str) -> re.Pattern[str]:
    parts = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(rf"(?P<{name}>\d+)" if name in _NUMBERS else rf"(?P<{name}>[^\s,:]+)")
    alone = r"(?<![\w-])" if template[0].isalnum() or template[0] == "{" else ""
    return re.compile(rf"{alone}{''.join(parts)}(?![\w-])")

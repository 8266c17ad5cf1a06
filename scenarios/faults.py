"""Faults of an input, all at once: where, what was found, what is allowed, what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.part import Lang, Text

_SPOT = re.compile(r" (?:line|row) (?P<row>\d+)(?: column (?P<column>\w+))?(?P<more>, |$)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input, in both languages.

    Attributes
    ----------
    where
        File with row, or key path: ``companies.csv row 7``, ``organisation.bureaus.0.id``.
    found
        The offending value as read.
    allowed
        What would have been right.
    remedy
        What to do about it; None where that goes without saying.
    """

    where: str
    found: Text
    allowed: Text
    remedy: Text | None = None

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: Lang) -> str:
        """Return the whole fault as one line, with the punctuation of the language."""
        where, found, allowed = self.place(lang), self.found.get(lang), self.allowed.get(lang)
        if lang == "zh":
            text, stop = f"{where}：现为 {found}；应为 {allowed}", "；"
        else:
            text, stop = f"{where}: found {found}; allowed: {allowed}", "; "
        return f"{text}{stop}{self.remedy.get(lang)}" if self.remedy else text

    def place(self, lang: Lang) -> str:
        """Return where the fault is, with line, row and column in words of the language."""
        if lang == "en":
            return self.where
        return _SPOT.sub(_spot_in_chinese, self.where, count=1)


class ScenarioError(Exception):
    """Bad data: carries every fault that was found, not the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def say(zh: str, en: str) -> Text:
    """Return words in both languages; what they quote from the input is not judged again."""
    return Text.model_construct(zh=zh, en=en)


def same(text: str) -> Text:
    """Return what reads the same in both languages: a value, a name."""
    return say(text, text)


def listed(names: Iterable[str]) -> Text:
    """Return names in a row, with the separator of each language."""
    names = tuple(names)
    return say("、".join(names), ", ".join(names))


def one_of(names: Iterable[str], zh: str = "", en: str = "") -> Text:
    """Return "one of ..." with, before the names, what they are names of."""
    words = listed(names)
    return say(f"下列{zh}之一：{words.zh}", f"one of {en}{words.en}")


def did_you_mean(name: str, known: Iterable[str]) -> Text | None:
    """Ask for the known name nearest to what was written, None where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return say(f"是否想写 '{near[0]}'？", f"did you mean '{near[0]}'?") if near else None


def _spot_in_chinese(spot: re.Match[str]) -> str:
    column = spot["column"] or ""
    if column:
        column = f"第 {column} 列" if column.isdecimal() else f" {column} 列"
    return f" 第 {spot['row']} 行{column}{'，' if spot['more'] else ''}"

"""The words of an event one by one: ids, days and fields, each fault noted with what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from scenarios.events import KINDS, EventKind
from scenarios.faults import Fault, did_you_mean, listed, one_of, same, say
from scenarios.model import Scenario
from scenarios.part import DateRange, Text
from scenarios.reading import quoted

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 48
_DAY = say("日期，如 2023-05-09", "a day such as 2023-05-09")
_DAYS = say(
    "日期或起止日，如 2023-05-09..2023-05-13，多段以逗号分隔",
    "a day or FIRST..LAST such as 2023-05-09..2023-05-13, several separated by commas",
)
_NEW_ID = say(
    "未用过的短名：小写字母、数字和连字符，最多 48 个字符",
    "a short name not in use: small letters, digits and hyphens, at most 48 characters",
)


@dataclass(slots=True)
class Reader:
    """Reads the words of one event, gathering all faults.

    Attributes
    ----------
    scenario
        Whose ids the words name.
    today
        What days start from unless told otherwise.
    where
        How faults call the event.
    faults
        What was found so far.
    """

    scenario: Scenario
    today: date
    where: str
    faults: list[Fault] = field(default_factory=list)

    def kind(self, word: str) -> EventKind | None:
        """Return the kind of event that a word says."""
        found = next((kind for kind in get_args(EventKind) if word in (kind, KINDS[kind][0])), None)
        if found is None:
            names = [name for kind, (zh, _) in KINDS.items() for name in (kind, zh)]
            self.fault("", quoted(word), one_of(names), did_you_mean(word, names))
        return found

    def fault(self, part: str, found: str, allowed: Text, remedy: Text | None = None) -> None:
        """Note a fault of the event, or of a part of it."""
        where = f"{self.where} {part}" if part else self.where
        self.faults.append(Fault(where, same(found), allowed, remedy))

    def arity(self, kind: EventKind, words: Sequence[str], least: int, most: int) -> bool:
        """Say whether there are as many words as there should be."""
        if least <= len(words) <= most:
            return True
        zh, form = KINDS[kind]
        found = say(f"{len(words)} 项", f"{len(words)} words after it")
        allowed = say(f"{zh} {form}", f"{kind} {form}")
        self.faults.append(Fault(self.where, found, allowed))
        return False

    def known(self, part: str, word: str, ids: Collection[str]) -> str:
        """Return an id; where it is not one of those, say which are near."""
        if word not in ids:
            some = difflib.get_close_matches(word, sorted(ids), n=6, cutoff=0.4)
            shown = some if len(ids) > 12 and some else sorted(ids)[:12]
            more = say(f"共 {len(ids)} 个", f"{len(ids)} in all")
            names = listed(shown)
            allowed = (
                one_of(shown)
                if len(shown) == len(ids)
                else say(f"如 {names.zh}（{more.zh}）", f"such as {names.en} ({more.en})")
            )
            self.fault(part, quoted(word), allowed, did_you_mean(word, sorted(ids)))
        return word

    def new_id(self, part: str, word: str, used: Collection[str]) -> str:
        """Return an id that is to be new."""
        if not _ID.fullmatch(word) or len(word) > _LONGEST_ID or word in used:
            self.fault(part, quoted(word), _NEW_ID)
        return word

    def day(self, part: str, text: str) -> date | None:
        """Return a day of the horizon; None where it is none."""
        try:
            found = date.fromisoformat(text)
        except ValueError:
            self.fault(part, quoted(text), _DAY)
            return None
        horizon = self.scenario.horizon
        if found not in horizon:
            ends = say(f"{horizon.start} 至 {horizon.end} 内", f"{horizon.start} to {horizon.end}")
            self.fault(part, str(found), ends)
            return None
        return found

    def days(self, text: str) -> tuple[DateRange, ...]:
        """Return runs of days, in order; those that can be read."""
        spans: list[DateRange] = []
        for span in text.split(","):
            ends = re.split(r"\.\.|至", span)
            if len(ends) > 2 or not all(ends):
                self.fault("days", quoted(span), _DAYS)
                continue
            first = self.day("days", ends[0])
            last = self.day("days", ends[1]) if len(ends) > 1 else first
            if first is None or last is None:
                continue
            if last < first:
                later = say("截止不早于起始", "a last day on or after the first")
                self.fault("days", quoted(span), later)
                continue
            spans.append(DateRange(start=first, end=last))
        return tuple(sorted(spans, key=lambda span: span.start))

    def fields(self, words: Iterable[str], keys: Mapping[str, str]) -> dict[str, str]:
        """Return ``key=value`` words by their English key."""
        found: dict[str, str] = {}
        names = listed(keys.values())
        allowed = say(f"键=值，键为 {names.zh} 之一", f"key=value, the key one of {names.en}")
        for word in words:
            key, equals, value = word.partition("=")
            key = keys.get(key, key)
            if equals and key == "amount":
                remedy = say(
                    "场景不记企业投资额；用 priority（1 至 1000）表示分量",
                    "a scenario holds no amounts of companies; say how much it weighs as priority "
                    "(1 to 1000)",
                )
                self.fault("", quoted(word), allowed, remedy)
            elif not equals or not value or key not in keys.values():
                self.fault("", quoted(word), allowed, did_you_mean(key, sorted(keys.values())))
            elif key in found:
                once = say("每个键一次", "each key once")
                self.fault("", quoted(word), once)
            else:
                found[key] = value
        return found

    def persons(self) -> set[str]:
        """Return the ids of posted persons."""
        return {person.id for _, person in self.scenario.persons}

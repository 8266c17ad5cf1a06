"""A draft: what a planner has moved and holds in a run's plan, kept beside the runs.

A draft is small: the steps that were taken, so that they can be taken back, and which of them
counts. It lies in ``<runs root>/drafts/<run>.json``; it is written whole or not at all, and refused
where somebody else has written it since, or where it was begun from another plan.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, Final

from dashboards.edits import Edits, expect_known
from dashboards.runs import DRAFTS, Run, RunError
from planner.pins import DayStatus

FORMAT: Final = 1
"""Version of the file's layout; a reader refuses any other."""

STEPS: Final = 200
"""Steps that can be taken back; older ones are forgotten."""

_STATUSES: Final[tuple[DayStatus, ...]] = ("post", "leave")
_WRITING: Final = Lock()


@dataclass(frozen=True, slots=True)
class Draft:
    """The steps a planner took from a run's plan.

    Attributes
    ----------
    run, plan_hash
        The run, and the plan it held when the draft was begun.
    steps
        What was edited after each step, the first being nothing.
    at
        The step that counts; those after it were taken back and can be taken again.
    revision
        How often the file was written.
    """

    run: str
    plan_hash: str
    steps: tuple[Edits, ...] = (Edits(),)
    at: int = 0
    revision: int = 0

    @property
    def edits(self) -> Edits:
        """What counts."""
        return self.steps[self.at]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return self.at + 1 < len(self.steps)

    def then(self, edits: Edits) -> Draft:
        """Return the draft after one more step; what had been taken back is forgotten."""
        if edits == self.edits:
            return self
        steps = (*self.steps[: self.at + 1], edits)[-STEPS:]
        return replace(self, steps=steps, at=len(steps) - 1)

    def undone(self) -> Draft:
        """Return the draft with its last step taken back."""
        return replace(self, at=max(0, self.at - 1))

    def redone(self) -> Draft:
        """Return the draft with the step last taken back taken again."""
        return replace(self, at=min(len(self.steps) - 1, self.at + 1))


def begun(run: Run) -> Draft:
    """Return a draft in which nothing is changed."""
    return Draft(run.id, run.head.plan_hash)


def place_of(root: Path, run: str) -> Path:
    """Return the file of a run's draft."""
    return root / DRAFTS / f"{run}.json"


def load(root: Path, run: Run) -> Draft:
    """Return the draft of a run, or one without changes where there is none.

    Raises
    ------
    RunError
        When the file cannot be read, names what the run has not, or was begun from another plan.
    """
    file = place_of(root, run.id)
    if not file.exists():
        return begun(run)
    draft = read(file)
    expect_plan(draft, run)
    return draft


def expect_plan(draft: Draft, run: Run) -> None:
    """Refuse a draft that was begun from another plan, or speaks of what the plan has not.

    Raises
    ------
    RunError
        With the first thing that does not fit.
    """
    if draft.plan_hash != run.head.plan_hash:
        now = run.head.plan_hash[:12]
        raise RunError("draft.other-plan", run=run.id, found=draft.plan_hash[:12], now=now)
    for edits in draft.steps:
        expect_known(run.scenario, run.plan, edits)


def read(file: Path) -> Draft:
    """Read a draft.

    Raises
    ------
    RunError
        When the file cannot be read or is no draft.
    """
    try:
        data = json.loads(file.read_bytes())
        if data["format"] != FORMAT:
            raise RunError("draft.format", file=file, found=data["format"], allowed=FORMAT)
        steps = tuple(_edits(step) for step in data["steps"])
        draft = Draft(data["run"], data["plan_hash"], steps, data["at"], data["revision"])
        texts = (draft.run, draft.plan_hash)
        if not all(isinstance(x, str) for x in texts) or draft.at not in range(len(steps)):
            raise ValueError("run, plan_hash or at")
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        problem = str(error) or type(error).__name__
        raise RunError("draft.damaged", file=file, problem=problem) from error
    return draft


def save(root: Path, draft: Draft) -> Draft:
    """Write a draft and return it as it was written.

    Raises
    ------
    RunError
        When somebody else has written it since it was read.
    """
    file = place_of(root, draft.run)
    written = replace(draft, revision=draft.revision + 1)
    content = json.dumps(to_json(written), ensure_ascii=False, indent=1, sort_keys=True)
    with _WRITING:
        found = read(file).revision if file.exists() else 0
        if found != draft.revision:
            raise RunError("draft.conflict", run=draft.run)
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, content + "\n")
    return written


def asked_file(root: Path, run: str) -> Path:
    """Return the file that holds what was asked for of a run that was planned again."""
    return root / DRAFTS / "asked" / f"{run}.json"


def snapshot(root: Path, draft: Draft, run: str) -> Path:
    """Write what counts in a draft by itself, for a job: it does not change under its hands.

    Parameters
    ----------
    root, draft
        The folder of the runs, and the draft.
    run
        Id of the run that the job is to write.
    """
    alone = Draft(draft.run, draft.plan_hash, (draft.edits,))
    content = json.dumps(to_json(alone), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    file = asked_file(root, run)
    with _WRITING:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, content)
    return file


def discard(root: Path, run: str) -> None:
    """Remove a draft, readable or not."""
    with _WRITING:
        place_of(root, run).unlink(missing_ok=True)


def to_json(draft: Draft) -> dict[str, Any]:
    """Return a draft as plain data, in an order of its own making."""
    return {
        "format": FORMAT,
        "run": draft.run,
        "plan_hash": draft.plan_hash,
        "revision": draft.revision,
        "at": draft.at,
        "steps": [_plain(step) for step in draft.steps],
    }


def _write(file: Path, content: str) -> None:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(content)
    Path(name).replace(file)


def _plain(edits: Edits) -> dict[str, Any]:
    return {
        "leaves": [[*key, day.isoformat()] for key, day in sorted(edits.leaves.items())],
        "visits": [[visit, day.isoformat()] for visit, day in sorted(edits.visits.items())],
        "held_leaves": [list(key) for key in sorted(edits.held_leaves)],
        "held_visits": sorted(edits.held_visits),
        "days": [
            [person, day.isoformat(), status]
            for (person, day), status in sorted(edits.days.items())
        ],
    }


def _edits(data: Mapping[str, Any]) -> Edits:
    days = {(p, date.fromisoformat(day)): _status(status) for p, day, status in data["days"]}
    return Edits(
        leaves={(p, period): date.fromisoformat(day) for p, period, day in data["leaves"]},
        visits={visit: date.fromisoformat(day) for visit, day in data["visits"]},
        held_leaves=frozenset((p, period) for p, period in data["held_leaves"]),
        held_visits=frozenset(_texts(data["held_visits"])),
        days=days,
    )


def _texts(values: Iterable[Any]) -> list[str]:
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        msg = f"found {value!r}; allowed: a text"
        raise TypeError(msg)
    return value


def _status(value: Any) -> DayStatus:
    found = next((status for status in _STATUSES if status == value), None)
    if found is None:
        msg = f"found {value!r}; allowed: {', '.join(_STATUSES)}"
        raise ValueError(msg)
    return found

"""How a command ends when it cannot go on: in words, with the exit code that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer

from dashboards.jobsink import current
from dashboards.runs import RunError
from dashboards.terminal import err, print_json
from dashboards.texts import LANGS, t
from planner.infeasible import InfeasibleError
from scenarios.faults import Fault, ScenarioError
from scenarios.part import Lang


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    CHECK_FAILED = 1
    USAGE = 2
    INFEASIBLE = 3
    BAD_DATA = 4
    INTERRUPTED = 130


@contextmanager
def failing_in_words(lang: Lang, as_json: bool) -> Iterator[None]:
    """Turn what the libraries raise into words and an exit code; nothing shows a traceback.

    Parameters
    ----------
    lang
        Language of the words, which go to stderr.
    as_json
        Also print the failure as JSON on stdout, in the same language.

    Raises
    ------
    typer.Exit
        With a code of :class:`Exit`.
    """
    try:
        yield
    except ScenarioError as error:
        faults = error.faults
        found = [_fault_json(x, lang) for x in faults]
        _end(Exit.BAD_DATA, lambda lang: _faulty(faults, lang), lang, as_json, faults=found)
    except InfeasibleError as error:
        said = error.explanation.lines
        explanation = [line.model_dump() for line in said]
        _end(
            Exit.INFEASIBLE,
            lambda lang: [t("fail.infeasible", lang), *(f"  {x.get(lang)}" for x in said)],
            lang,
            as_json,
            explanation=explanation,
        )
    except RunError as error:
        text, code = error.text, Exit.USAGE if error.usage else Exit.BAD_DATA
        _end(code, lambda lang: [text(lang)], lang, as_json)
    except OverflowError as error:
        # Assumptions beyond what a simulation can hold: the message says which, and what to do.
        problem = str(error)
        _end(Exit.BAD_DATA, lambda lang: [t("fail.overflow", lang, problem=problem)], lang, as_json)
    except KeyboardInterrupt:
        _end(Exit.INTERRUPTED, lambda lang: [t("fail.interrupted", lang)], lang, as_json)


def _faulty(faults: Sequence[Fault], lang: Lang) -> list[str]:
    options = all(fault.place("en").startswith("--") for fault in faults)
    heading = t("fail.options" if options else "fail.input", lang, n=len(faults))
    return [heading, *(f"  {x.text(lang)}" for x in faults)]


def _fault_json(fault: Fault, lang: Lang) -> dict[str, str]:
    return {
        "where": fault.place(lang),
        "found": fault.found.get(lang),
        "allowed": fault.allowed.get(lang),
        "remedy": fault.remedy.get(lang) if fault.remedy else "",
    }


def _end(
    code: Exit, words: Callable[[Lang], list[str]], lang: Lang, as_json: bool, **details: Any
) -> None:
    job = current()
    if job is not None:
        job.failed({each: "\n".join(words(each)) for each in LANGS})
    console = err()
    lines = words(lang)
    for line in lines:
        console.print(line, soft_wrap=True)
    if as_json:
        print_json({"error": {"exit": int(code), "message": "\n".join(lines), **details}})
    raise typer.Exit(code)

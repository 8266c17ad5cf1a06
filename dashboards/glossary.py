"""The words of the field in both languages, as data (``glossary.yaml``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from scenarios.part import Text
from scenarios.yamldoc import shipped_yaml


class Term(Text):
    """A word in both languages, and what it means here.

    Attributes
    ----------
    say
        Its meaning in a sentence.
    """

    say: Text


@cache
def glossary() -> tuple[Term, ...]:
    """Return every term, in the order of the file."""
    text = files("dashboards").joinpath("glossary.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Term, ...]).validate_python(shipped_yaml(text))

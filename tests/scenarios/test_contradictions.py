"""Every contradiction that a part can tell has its Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import scenarios
from scenarios.contradictions import has_chinese, in_both_languages

MODULES = (
    "assessment",
    "assumptions",
    "budget",
    "calendar",
    "model",
    "obligations",
    "organisation",
    "part",
    "rules",
    "targets",
)
"""The modules of which a scenario is made."""


def texts(module: str) -> Iterator[str]:
    """Yield the contradictions in a module's source, each value in them standing as 7."""
    source = (Path(scenarios.__file__).parent / f"{module}.py").read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            pieces = [str(x.value) if isinstance(x, ast.Constant) else "7" for x in node.values]
            text = "".join(pieces)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if "found " in text and "; allowed: " in text and "``" not in text:
            yield text.partition("found ")[2]


CONTRADICTIONS = [text for module in MODULES for text in texts(module)]


def test_the_contradictions_of_the_parts_are_found_in_their_source():
    assert len(CONTRADICTIONS) > 30
    assert "7 to 7; allowed: an end on or after the start; give the later day as end" in (
        CONTRADICTIONS
    )


@pytest.mark.parametrize("text", CONTRADICTIONS)
def test_each_contradiction_has_its_chinese(text):
    found, _, rest = text.partition("; allowed: ")
    for phrase in (found, *rest.split("; ", maxsplit=1)):
        assert has_chinese(phrase), phrase


def test_names_and_values_are_kept_and_separated_as_in_chinese():
    words = in_both_languages("one of east, south")
    assert (words.zh, words.en) == ("下列之一：east、south", "one of east, south")
    assert in_both_languages("no holiday data for 2031 (have: none)").zh == (
        "缺 2031 年的节假日数据（现有：无）"
    )
    assert in_both_languages("add it (size of one contract)").zh == "补上（单个签约金额）"


def test_a_phrase_without_chinese_stays_english_in_sight():
    assert not has_chinese("something nobody has said before")
    assert in_both_languages("something nobody has said before").zh == (
        "something nobody has said before"
    )

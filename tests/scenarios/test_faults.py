"""Faults are told in Chinese as well as in English."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import scenarios
from scenarios.faults import Fault, ScenarioError, did_you_mean, one_of, same, say
from scenarios.load import load_scenario
from scenarios.template import new_scenario
from tests.scenarios.broken import KINDS, write_broken, write_scenario
from tests.scenarios.test_wording import CASES

_CJK = re.compile(r"[\u4e00-\u9fff]")
_QUOTED = re.compile(r"'[^']*'|low <= mode <= high|low < high|“CSV UTF-8”")
_ENGLISH = re.compile(
    r"\b(a|an|the|of|or|and|one|each|no|not|nothing|none|is|to|as|such|with|at|least|most|more|"
    r"less|than|add|remove|put|did|you|mean|found|allowed|once|twice|line|row|column)\b"
)
"""Words of English sentences; ids, keys and file names are none of them."""


def faults_of(source) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source)
    return caught.value.faults


def assert_chinese(fault: Fault) -> None:
    told = fault.text("zh")
    assert _CJK.search(fault.found.zh + fault.allowed.zh), told
    assert fault.remedy is None or _CJK.search(fault.remedy.zh), told
    parts = (fault.found, fault.allowed, *([fault.remedy] if fault.remedy else []))
    for words in (_QUOTED.sub("''", part.zh) for part in parts):
        assert not _ENGLISH.search(words), told
        assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", words), told
        assert not re.search(r"[,;:?!] |[?!;]$", words), told
    assert not re.search(r" (line|row|column) ", told), told


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_told_in_chinese(kind, tmp_path):
    for fault in faults_of(write_broken(kind, tmp_path / "x")):
        assert_chinese(fault)


@pytest.mark.parametrize(
    "text", [text for text, _ in CASES], ids=[words[:48] for _, words in CASES]
)
def test_every_wrong_value_is_told_in_chinese(text, tmp_path):
    for fault in faults_of(write_scenario(tmp_path / "x", text)):
        assert_chinese(fault)


def words_in_code() -> list[tuple[str, str]]:
    """Return the Chinese of each ``say`` in the code, values left out, with where it stands."""
    said = []
    for path in sorted(Path(scenarios.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                parts = [x.value for x in ast.walk(node.args[0]) if isinstance(x, ast.Constant)]
                if parts and parts != [""]:
                    said.append((f"{path.name} line {node.lineno}", "".join(map(str, parts))))
    return said


def test_whatever_the_code_says_it_says_in_chinese():
    said = words_in_code()
    assert len(said) > 80
    # No words: a unit in brackets, names in a row, words of their own side by side.
    english = {at: zh for at, zh in said if not _CJK.search(zh)}
    assert set(english.values()) <= {"（）", "、", " "}, english


def test_what_is_not_there_is_told_in_chinese(tmp_path):
    (fault,) = faults_of("bole-2032")
    assert_chinese(fault)
    assert fault.text("zh").startswith("bole-2032：现为 不存在的场景 'bole-2032'；应为 含 ")
    with pytest.raises(ScenarioError) as caught:
        new_scenario("My City", tmp_path, "nope")
    assert len(caught.value.faults) == 3
    for fault in caught.value.faults:
        assert_chinese(fault)


def test_a_fault_reads_as_a_line_of_each_language():
    fault = Fault("a.csv row 7 column id", same("'x'"), one_of(("y", "z")), say("改名", "rename"))
    assert str(fault) == "a.csv row 7 column id: found 'x'; allowed: one of y, z; rename"
    assert fault.text("zh") == "a.csv 第 7 行 id 列：现为 'x'；应为 下列之一：y、z；改名"
    assert Fault("a line 3 column 5", same("1"), same("2")).place("zh") == "a 第 3 行第 5 列"
    assert Fault("a line 3, b.c", same("1"), same("2")).place("zh") == "a 第 3 行，b.c"
    assert Fault("a", same("1"), same("2")).text("zh") == "a：现为 1；应为 2"


def test_only_a_near_name_is_asked_for():
    assert did_you_mean("compnies", ("companies", "budget")) == say(
        "是否想写 'companies'？", "did you mean 'companies'?"
    )
    assert did_you_mean("x", ("companies", "budget")) is None


def test_what_was_read_is_quoted_even_where_no_text_could_hold_it():
    assert say("", "\ud800").en == "\ud800"

"""YAML as plain data."""

from __future__ import annotations

import tracemalloc

import pytest

from scenarios.yamldoc import MAX_DEPTH, parse_yaml
from tests.scenarios.broken import BOMB


def said(text: str) -> str:
    reading = parse_yaml(text, "x.yaml")
    return "\n".join(map(str, reading.faults))


def test_scalars_follow_the_core_rules():
    text = "a: no\nb: 007\nc: 2024-07-01\nd: 12\ne: 1.5\nf: 1e3\ng: true\nh: ~\ni: '12'\nj: 1:30\n"
    assert parse_yaml(text, "x").data == {
        "a": "no",
        "b": "007",
        "c": "2024-07-01",
        "d": 12,
        "e": 1.5,
        "f": 1000.0,
        "g": True,
        "h": None,
        "i": "12",
        "j": "1:30",
    }


def test_keys_are_always_words():
    assert parse_yaml("on: 1\n2023: 2\nnull: 3\n", "x").data == {"on": 1, "2023": 2, "null": 3}


def test_every_key_knows_its_line_and_items_go_by_id():
    reading = parse_yaml("a:\n  - id: one\n    b: 1\n  - c: 2\n", "x.yaml")
    assert reading.where(("a", "one", "b")) == "x.yaml line 3, a[one].b"
    assert reading.where(("a", "1", "c")) == "x.yaml line 4, a[1].c"
    assert reading.where(("a", "one", "gone")) == "x.yaml line 2, a[one].gone"


def test_a_bomb_is_refused_at_once_and_never_expanded():
    tracemalloc.start()
    try:
        reading = parse_yaml(BOMB, "x.yaml")
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most_bytes < 10_000_000
    assert reading.data is None
    assert "x.yaml line 2: found the alias '*a' (and 71 more); allowed: no aliases" in said(BOMB)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!python/name:os", "!mine"])
def test_a_tag_is_refused_in_words_and_runs_nothing(tag):
    text = f"a: 1\nb: {tag} ['echo']\n"
    assert parse_yaml(text, "x").data is None
    assert f"x.yaml line 2: found the tag '{tag}'; allowed: plain values" in said(text)


def test_nesting_beyond_the_limit_is_refused_and_up_to_it_is_read():
    deepest = MAX_DEPTH - 1
    assert parse_yaml(f"a: {'[' * deepest}{']' * deepest}", "x").faults == ()
    assert "32 levels of nesting" in said("a: " + "[" * 5000 + "]" * 5000)


def test_too_many_values_are_refused():
    assert "more than 100000 values" in said("a: [" + "x," * 100_001 + "]")


def test_every_duplicate_is_reported_with_both_lines():
    words = said("a: 1\nb: [{id: x}, {id: x}]\na: 2\n")
    assert "line 2: found the id 'x' twice (first in line 2)" in words
    assert "line 3: found the key 'a' twice (first in line 1); allowed: each key once" in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:\n\tb: 1\n", "line 2 column 1: found a tab"),
        ("a: b: c\n", "line 1 column 5: found a second ':' in one line"),
        ("a: 1\n---\nb: 2\n", "found a second document"),
        ("a: [1, 2\n", "line 2 column 1: found "),
        ("x: 1\ny: \x07\n", "line 2: found the control character U+0007"),
        ("- a\n", "no mapping at the top level"),
        ("# nothing\n", "found no content"),
        ("? [a, b]\n: 1\n", "line 1: found a list or mapping as a key"),
    ],
)
def test_broken_yaml_is_told_in_words_with_its_line(text, words):
    assert words in said(text)


def test_a_fault_never_carries_control_characters():
    assert said('"\\e[2J": 1\n"\\e[2J": 2\n').isprintable()

"""Laying one reading over another."""

from __future__ import annotations

from scenarios.merge import extend
from scenarios.reading import Reading
from scenarios.yamldoc import parse_yaml


def read(text: str, label: str) -> Reading:
    return parse_yaml(text, label)


def merged(base: str, over: str) -> Reading:
    return extend(read(base, "base"), read(over, "over"))


def test_mappings_merge_key_by_key():
    assert merged("a: {b: 1, c: 2}\n", "a: {c: 3, d: 4}\n").data == {"a": {"b": 1, "c": 3, "d": 4}}


def test_lists_of_items_with_ids_merge_by_id_and_new_ids_are_appended():
    base = "a: [{id: x, v: 1, w: 1}, {id: y, v: 2}]\n"
    data = merged(base, "a: [{id: z, v: 9}, {id: x, v: 5}]\n").data
    assert data["a"] == [{"id": "x", "v": 5, "w": 1}, {"id": "y", "v": 2}, {"id": "z", "v": 9}]


def test_other_lists_and_an_empty_list_replace():
    data = merged("a: [1, 2]\nb: [{id: x}]\nc: [{id: x}]\n", "a: [3]\nb: []\nc: [{v: 1}]\n").data
    assert data == {"a": [3], "b": [], "c": [{"v": 1}]}


def test_another_kind_replaces_the_mapping_and_the_same_kind_merges():
    base = "d: {kind: lognormal, median: 3, sigma: 1}\n"
    assert merged(base, "d: {kind: fixed, value: 2}\n").data["d"] == {"kind": "fixed", "value": 2}
    same = {"kind": "lognormal", "median": 4, "sigma": 1}
    assert merged(base, "d: {kind: lognormal, median: 4}\n").data["d"] == same
    assert merged(base, "d: {median: 4}\n").data["d"] == same


def test_each_value_is_traced_to_the_file_it_came_from():
    reading = merged("a:\n  b: 1\n  c: 2\n", "a:\n  c: 3\n")
    assert reading.where(("a", "b")) == "base line 2, a.b"
    assert reading.where(("a", "c")) == "over line 2, a.c"


def test_what_was_replaced_is_no_longer_traced_to_the_base():
    reading = merged("a:\n  - {v: 1, w: 2}\n", "a: [{v: 3}]\n")
    assert reading.where(("a", "0", "w")) == "over line 1, a[0].w"


def test_the_faults_of_both_are_kept():
    faults = merged("a: 1\na: 2\n", "b: 1\nb: 2\n").faults
    assert [f.where for f in faults] == ["base line 2", "over line 2"]

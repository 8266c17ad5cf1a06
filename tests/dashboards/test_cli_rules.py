"""``bureau rules`` as people call it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from planner.rulebook import rulebook


def test_every_rule_is_listed_with_its_clause_in_either_language():
    for lang in ("zh", "en"):
        shown = CliRunner().invoke(app, ["rules", "--lang", lang])
        assert shown.exit_code == 0
        for entry in rulebook().values():
            assert entry.id in shown.stdout
            assert entry.asks.get(lang) in shown.stdout


def test_one_family_can_be_asked_for_as_json():
    shown = CliRunner().invoke(app, ["rules", "--family", "leave", "--json"])
    listed = {rule["id"] for rule in json.loads(shown.stdout)["rules"]}
    assert listed == {entry.id for entry in rulebook().values() if entry.family == "leave"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_family_that_is_not_there_is_said_with_those_that_are(lang):
    shown = CliRunner().invoke(app, ["rules", "--family", "weather", "--lang", lang])
    assert shown.exit_code == 2
    assert "weather" in shown.stderr
    assert "presence" in shown.stderr

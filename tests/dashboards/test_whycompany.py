from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pytest

from dashboards import jobs, visiting, whycompany
from dashboards.runs import read_run
from dashboards.texts import t
from tests.dashboards.test_app import opened, said

LANGS = ("zh", "en")


@pytest.fixture
def root(run_store, tmp_path, monkeypatch):
    shutil.copytree(run_store, tmp_path / "runs")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def asker(root):
    run = read_run(root / "good")
    askers = visiting.queue(run, visiting.groups(run))
    return next(one for one in askers if one.status != visiting.PLACED)


def answered(root, asker, lines):
    file = whycompany.answer_file(read_run(root / "good"), asker.company.id)
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"turned": False, "lines": dict.fromkeys(LANGS, lines)}))


@pytest.mark.parametrize("lang", LANGS)
def test_an_answer_is_shown_by_the_names_that_people_know(root, asker, minimal, lang):
    company = asker.company
    lines = [f"It is {company.id}", f"  {company.name.get(lang)} ({company.id}): dropped"]
    shown = whycompany.explained(minimal, {"lines": {lang: lines}}, lang)
    assert shown.count(company.name.get(lang)) == 2
    assert company.id not in shown


def test_an_answer_that_is_there_is_shown_and_nothing_is_asked(root, asker):
    answered(root, asker, ["No room at all", "because of this"])
    at = opened("visits", "en", run="good")
    words = said(at)
    assert "No room at all" in words
    assert "because of this" in words
    assert t("app.visits.why.ask", "en") not in [button.label for button in at.button]


def test_another_plan_has_other_answers(root):
    run = read_run(root / "good")
    first = whycompany.answer_file(run, "a")
    assert first != whycompany.answer_file(run, "b")
    other = replace(run, head=replace(run.head, plan_hash="other"))
    assert first != whycompany.answer_file(other, "a")


def test_asking_queues_the_command_that_answers(root, asker, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "submit", lambda *words, **more: asked.append(words[1]) or "job")
    at = opened("visits", "zh", run="good")
    at.selectbox(key="visits-company").select(asker.company.id).run()
    next(b for b in at.button if b.label == t("app.visits.why.ask", "zh")).click().run()
    assert not at.exception
    file = whycompany.answer_file(read_run(root / "good"), asker.company.id)
    run = str((root / "good").resolve())
    assert asked == [["why", run, "--company", asker.company.id, "--answer", str(file)]]


def test_the_names_in_the_choice_come_with_their_answer(root, asker):
    at = opened("visits", "en", run="good")
    options = at.selectbox(key="visits-company").options
    pattern = re.escape(f"{asker.company.name.get('en')} (")
    assert any(re.match(pattern, option) for option in options)

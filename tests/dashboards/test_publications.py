from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from dashboards import index, publications, runlist
from dashboards.cli import app
from dashboards.publications import history, publish, published
from dashboards.runs import Inputs, RunError, read_run
from dashboards.store import Meta, write_run
from planner.audit import audit, violations
from planner.plan import tables
from planner.solve import make_plan

LANGS = ("zh", "en")


@pytest.fixture(scope="module")
def kept(tmp_path_factory, minimal, minimal_tables):
    """Two runs that keep every hard rule, and one that does not."""
    from tests.dashboards.sample import plan_of

    root = tmp_path_factory.mktemp("kept")
    plan = make_plan(minimal, time_limit_s=3, workers=1)
    assert violations(audit(minimal, minimal_tables))
    for name, made in (("one", plan), ("two", plan), ("broken", plan_of(minimal))):
        findings = audit(minimal, tables(minimal, made))
        meta = Meta(Inputs(seed=None, futures=0, time_limit_s=3.0), {})
        write_run(root / name, minimal, made, findings, None, meta)
    return root


@pytest.fixture
def root(tmp_path, kept):
    return shutil.copytree(kept, tmp_path / "runs")


def test_versions_count_up_from_1_and_the_latest_holds(root):
    assert published(root, "minimal") is None
    first = publish(root, read_run(root / "one"), by="Zhang", note="first")
    second = publish(root, read_run(root / "two"), by=None, note="")
    assert (first.version, second.version) == (1, 2)
    assert (first.scenario, first.run, first.by, first.note) == ("minimal", "one", "Zhang", "first")
    assert first.plan_hash == read_run(root / "one").plan.content_hash
    assert published(root, "minimal") == second
    assert history(root, "minimal") == (second, first)
    assert history(root, "other") == ()
    assert first.published_at <= second.published_at


def test_the_same_word_twice_is_one_publication_and_another_note_is_another(root):
    run = read_run(root / "one")
    once = publish(root, run, by="Zhang", note="a")
    assert publish(root, run, by="Li", note="a") == once
    assert publish(root, run, by="Zhang", note="b").version == 2
    assert len(history(root, "minimal")) == 2


def test_a_plan_that_violates_a_hard_rule_is_refused_in_words(root):
    with pytest.raises(RunError) as refused:
        publish(root, read_run(root / "broken"), by=None, note="")
    assert "clearing-date" in refused.value.text("zh")
    assert "violates hard rules" in refused.value.text("en")
    assert history(root, "minimal") == ()
    assert not (root / publications.COPY).exists()


def test_the_stored_audit_is_not_believed(root):
    shutil.copy(root / "one" / "audit.csv", root / "broken" / "audit.csv")
    with pytest.raises(RunError, match="violates hard rules"):
        publish(root, read_run(root / "broken"), by=None, note="")


@pytest.mark.parametrize("file", ["leaves.csv", "plan.json", "scenario.json"])
def test_a_plan_altered_after_it_was_written_is_refused(root, file):
    changed = root / "one" / file
    changed.write_bytes(changed.read_bytes() + b"\n")
    with pytest.raises(RunError) as refused:
        publish(root, read_run(root / "one"), by=None, note="")
    assert all(file in refused.value.text(lang) for lang in LANGS)


def test_a_run_from_elsewhere_is_refused(root, kept):
    with pytest.raises(RunError, match="does not lie in the folder of runs"):
        publish(root, read_run(kept / "one"), by=None, note="")


def test_publications_outlive_a_damaged_index(root):
    made = [publish(root, read_run(root / name), by="张", note=name) for name in ("one", "two")]
    for ending in ("-wal", "-shm"):
        (root / f"{index.NAME}{ending}").unlink(missing_ok=True)
    (root / index.NAME).write_bytes(b"damaged" * 1000)
    assert history(root, "minimal") == tuple(reversed(made))
    assert publish(root, read_run(root / "one"), by=None, note="").version == 3


def test_a_copy_that_cannot_be_read_is_said_and_not_written_over(root):
    publish(root, read_run(root / "one"), by=None, note="")
    (root / index.NAME).unlink()
    copy = root / publications.COPY
    copy.write_text('[{"version": 1}]', encoding="utf-8")
    with pytest.raises(RunError) as refused:
        publish(root, read_run(root / "two"), by=None, note="")
    assert all(publications.COPY in refused.value.text(lang) for lang in LANGS)
    assert copy.read_text(encoding="utf-8") == '[{"version": 1}]'


def test_those_who_publish_at_once_get_versions_of_their_own(root):
    run = read_run(root / "one")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: publish(root, run, by=None, note=str(n)), range(16)))
    assert sorted(one.version for one in made) == list(range(1, 17))
    stored = json.loads((root / publications.COPY).read_text(encoding="utf-8"))
    assert [one["version"] for one in stored] == list(range(1, 17))


def test_a_run_that_was_ever_published_is_not_deleted_and_another_is(root):
    publish(root, read_run(root / "one"), by=None, note="")
    publish(root, read_run(root / "two"), by=None, note="")
    for name in ("one", "two"):
        with pytest.raises(RunError) as refused:
            runlist.delete_run(root, name)
        assert all(name in refused.value.text(lang) for lang in LANGS)
        assert (root / name / "run.json").is_file()
    runlist.delete_run(root, "broken")
    assert not (root / "broken").exists()
    assert sorted(run.id for run in runlist.listing(root).runs) == ["one", "two"]
    assert [path.name for path in root.iterdir() if path.name.endswith(".old")] == []


@pytest.mark.parametrize("name", ["nowhere", "../kept", ".", "scenarios"])
def test_nothing_but_a_run_is_deleted(root, name):
    (root / "scenarios" / "own").mkdir(parents=True)
    with pytest.raises(RunError):
        runlist.delete_run(root, name)
    assert (root / "scenarios" / "own").is_dir()
    assert (root / "one" / "run.json").is_file()


def test_bureau_publish_says_what_holds_and_refuses_what_may_not(root, monkeypatch):
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    call = CliRunner().invoke
    done = call(app, ["publish", "one", "--note", "首版", "--by", "张", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["version"], said["run"], said["note"], said["by"]) == (1, "one", "首版", "张")
    assert published(root, "minimal").note == "首版"
    assert "version 2" in call(app, ["publish", "two", "--lang", "en"]).stdout
    refused = call(app, ["publish", "broken", "--lang", "en"])
    assert refused.exit_code == 2
    assert "violates hard rules" in refused.stderr
    assert call(app, ["publish", "nowhere"]).exit_code == 2

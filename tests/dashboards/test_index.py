from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dashboards import index, jobs, publications, runlist
from dashboards.runs import RunError, list_runs, read_run

LANGS = ("zh", "en")


@pytest.fixture
def root(tmp_path, run_store):
    """A folder of two runs that a test may change."""
    return shutil.copytree(
        run_store, tmp_path / "runs", ignore=shutil.ignore_patterns("index*", ".jobs")
    )


def listed(root):
    return [run.id for run in runlist.listing(root).runs]


def queue(root, *argv):
    """Queue a job that nobody runs."""
    with index.writing(root) as database:
        database.execute(
            "INSERT INTO jobs (id, argv, folder, title_zh, title_en, state, created)"
            " VALUES (?, ?, '.', '一', 'one', 'done', ?)",
            (argv[0], json.dumps(argv), index.now()),
        )


def script(code, *args, **options):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])},
        **options,
    )


def test_a_database_of_version_1_with_rows_opens_as_the_newest(root):
    with closing(sqlite3.connect(root / index.NAME)) as old:
        old.executescript(index.MIGRATIONS[0])
        old.execute(
            "INSERT INTO jobs (id, argv, folder, title_zh, title_en, state, created, gap)"
            " VALUES ('a1', '[\"run\", \"x\"]', '.', '一', 'one', 'done', '2026-01-01', 0.25)"
        )
        old.execute("PRAGMA user_version = 1")
        old.commit()
    (job,) = jobs.list_jobs(root)
    assert (job.id, job.argv, job.title["zh"], job.gap) == ("a1", ("run", "x"), "一", 0.25)
    assert publications.history(root, "minimal") == ()
    with index.reading(root) as database:
        assert database.execute("PRAGMA user_version").fetchone()[0] == index.NEWEST == 2
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_database_of_a_later_version_is_refused_in_words_and_runs_are_read_from_their_folders(
    root,
):
    with closing(sqlite3.connect(root / index.NAME)) as new:
        new.execute(f"PRAGMA user_version = {index.NEWEST + 1}")
        new.commit()
    with pytest.raises(RunError) as refused:
        jobs.list_jobs(root)
    for lang in LANGS:
        assert str(index.NEWEST + 1) in refused.value.text(lang)
        assert index.NAME in refused.value.text(lang)
    found = runlist.listing(root)
    assert sorted(run.id for run in found.runs) == ["good", "planned"]
    assert [problem.key for problem in found.problems] == ["index.newer"]
    assert index.set_aside(root) == ()


@pytest.mark.parametrize("how", ["text", "pages", "short"])
def test_a_damaged_index_is_set_aside_said_in_words_and_made_anew(root, how):
    assert len(listed(root)) == 2
    for number in range(60):
        queue(root, f"job-{number}")
    file = root / index.NAME
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = file.read_bytes()
    damaged = {
        "text": b"this is no database at all" * 100,
        "pages": content[:4096] + b"\xff" * (len(content) - 4096),
        "short": content[:4096],
    }[how]
    file.write_bytes(damaged)
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    found = runlist.listing(root)
    assert sorted(run.id for run in found.runs) == ["good", "planned"]
    (kept,) = index.set_aside(root)
    assert kept.read_bytes() == damaged
    assert [problem.key for problem in found.problems] == ["index.set-aside"]
    assert all(kept.name in found.problems[0].text(lang) for lang in LANGS)
    assert jobs.list_jobs(root) == ()
    assert runlist.listing(root).problems[0].key == "index.set-aside"
    kept.unlink()
    assert runlist.listing(root).problems == ()


def test_the_log_of_a_damaged_index_is_set_aside_with_it(root):
    assert len(listed(root)) == 2
    log = root / f"{index.NAME}-wal"
    with index.reading(root) as elsewhere:
        # Whoever has it open keeps its log on the disk.
        queue(root, "last")
        assert elsewhere.execute("SELECT id FROM jobs").fetchone()["id"] == "last"
        written = log.read_bytes()
        with (root / index.NAME).open("r+b") as file:
            file.write(b"this is no database at all" * 1000)
        assert len(listed(root)) == 2
        (kept,) = index.set_aside(root)
        assert kept.with_name(f"{kept.name}-wal").read_bytes() == written


def test_an_index_that_is_missing_is_made_from_the_folders(root):
    before = runlist.listing(root)
    (root / index.NAME).unlink()
    assert runlist.listing(root) == before


def test_the_list_says_what_the_folders_say(root):
    for found in (runlist.listing(root), runlist.listing(root)):
        truth = list_runs(root).runs
        assert [run.id for run in found.runs] == [run.id for run in truth]
        for one, run in zip(found.runs, truth, strict=True):
            head = run.head
            assert (one.scenario_id, one.title, one.created, one.complete) == (
                head.scenario_id,
                head.title,
                head.created,
                head.complete,
            )
            assert (one.scenario_hash, one.inputs_hash, one.plan_hash) == (
                head.scenario_hash,
                head.inputs_hash,
                head.plan_hash,
            )
            assert one.has_forecast == run.has_forecast
            assert one.bytes == sum(file.stat().st_size for file in run.folder.iterdir())


def test_a_second_look_opens_no_run_and_a_third_only_the_one_written_since(root, monkeypatch):
    opened = []
    monkeypatch.setattr(
        runlist, "read_run", lambda path: opened.append(path.name) or read_run(path)
    )
    assert len(listed(root)) == 2
    assert sorted(opened) == ["good", "planned"]
    opened.clear()
    assert len(listed(root)) == 2
    assert opened == []
    head = root / "good" / "run.json"
    head.write_text(
        head.read_text(encoding="utf-8").replace('"complete": true', '"complete": false')
    )
    os.utime(head, ns=(1, 1))
    found = {run.id: run for run in runlist.listing(root).runs}
    assert opened == ["good"]
    assert not found["good"].complete


def test_a_run_that_is_gone_is_forgotten_and_one_that_broke_is_a_problem_at_each_look(root):
    assert len(listed(root)) == 2
    shutil.rmtree(root / "planned")
    (root / "good" / "run.json").write_text("{", encoding="utf-8")
    for _ in range(2):
        found = runlist.listing(root)
        assert found.runs == ()
        assert [problem.key for problem in found.problems] == ["run.damaged"]
    with index.reading(root) as database:
        assert database.execute("SELECT count(*) FROM runs").fetchone()[0] == 0


def test_scenarios_and_other_results_are_not_taken_for_broken_runs(root):
    for name, file in (("scenarios", "x/scenario.yaml"), ("a", "allocation.json")):
        (root / name / file).parent.mkdir(parents=True)
        (root / name / file).write_text("{}", encoding="utf-8")
    (root / "stray").mkdir()
    for found in (runlist.listing(root), list_runs(root)):
        assert len(found.runs) == 2
        assert [str(problem.values["folder"]) for problem in found.problems] == [
            str(root / "stray")
        ]


def test_a_folder_that_cannot_be_written_is_listed_all_the_same_and_says_so(root, monkeypatch):
    def refuse(*_, **__):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(index.sqlite3, "connect", refuse)
    found = runlist.listing(root)
    assert len(found.runs) == 2
    assert [problem.key for problem in found.problems] == ["index.unusable"]
    assert "readonly" in found.problems[0].text("en")


WRITER = """
import sys
from pathlib import Path
from dashboards import index, runlist
root, name, n = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for k in range(n):
    with index.writing(root) as database:
        database.execute(
            "INSERT INTO jobs (id, argv, folder, title_zh, title_en, state, created)"
            " VALUES (?, '[]', '.', 'a', 'a', 'done', 'x')", (f"{name}-{k}",))
    assert len(runlist.listing(root).runs) == 2
    with index.reading(root) as database:
        rows = database.execute("SELECT id FROM jobs WHERE id LIKE ?", (f"{name}-%",)).fetchall()
    assert len(rows) == k + 1
"""


def test_processes_that_make_read_and_write_the_index_at_once_lose_nothing(root):
    writers = [script(WRITER, root, f"w{n}", 25) for n in range(4)]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * 4
    with index.reading(root) as database:
        assert database.execute("SELECT count(*) FROM jobs").fetchone()[0] == 100
    assert index.set_aside(root) == ()


KILLED = """
import sys, time
from pathlib import Path
from dashboards import index
with index.writing(Path(sys.argv[1])) as database:
    for k in range(5000):
        database.execute(
            "INSERT INTO jobs (id, argv, folder, title_zh, title_en, state, created)"
            " VALUES (?, '[]', '.', 'a', 'a', 'done', 'x')", (f"half-{k}",))
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signal of that kind")
def test_a_process_killed_in_the_middle_of_writing_leaves_all_or_nothing(root):
    queue(root, "before")
    writer = script(KILLED, root)
    assert writer.stdout.readline() == "ready\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert [job.id for job in jobs.list_jobs(root)] == ["before"]
    queue(root, "after")
    assert [job.id for job in jobs.list_jobs(root)] == ["after", "before"]
    assert len(listed(root)) == 2
    assert index.set_aside(root) == ()


def test_an_error_in_the_middle_takes_back_what_was_written(root):
    def publish_half():
        with index.writing(root) as database:
            database.execute(
                "INSERT INTO publications VALUES ('minimal', 1, 'good', 'h', 'x', NULL, '')"
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_half()
    with index.reading(root) as database:
        assert database.execute("SELECT count(*) FROM publications").fetchone()[0] == 0


def test_a_folder_that_is_not_there_holds_nothing_and_is_not_made(tmp_path):
    root = tmp_path / "nowhere"
    assert runlist.listing(root) == runlist.Listing((), ())
    assert jobs.list_jobs(root) == ()
    assert not root.exists()

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from dashboards import index, jobs, jobsink
from dashboards.joblock import held
from dashboards.runs import RunError, read_run

LANGS = ("zh", "en")
TITLE = {"zh": "试一试", "en": "Try"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

STUB = """
import os, signal, sys, time
from pathlib import Path
from dashboards import jobsink

jobsink.attend()
sink = jobsink.current()
what, *rest = sys.argv[1:]
print("began", what, flush=True)
stopped = []
signal.signal(signal.SIGINT, lambda *_: stopped.append(1))
if what == "sleep":
    sink.tell("plan", 3, 8, 0.125)
    until = time.monotonic() + float(rest[0])
    while time.monotonic() < until and not stopped:
        time.sleep(0.02)
    folder = Path(os.environ["BUREAU_RUNS"]) / f"wrote-{rest[1]}"
    folder.mkdir()
    (folder / "compare.json").write_text("{}")
    sink.wrote(folder)
    sys.exit(130 if stopped else 0)
if what == "deaf":
    sink.tell("plan", 1, 8)
    time.sleep(60)
    time.sleep(60)
if what == "crash":
    raise ValueError("no such thing")
if what == "refuse":
    sink.failed({"zh": "数据有误", "en": "bad data"})
    sys.exit(4)
if what == "violated":
    sink.wrote(Path(os.environ["BUREAU_RUNS"]))
    sys.exit(1)
"""

RUNNER = """
import sys
from pathlib import Path
from dashboards import jobrunner
jobrunner.TAKE_OVER_S = 0.5
jobrunner.serve(Path(sys.argv[1]), [sys.executable, sys.argv[2]])
"""


@pytest.fixture
def root(tmp_path):
    found = tmp_path / "runs"
    found.mkdir()
    yield found
    for job in jobs.list_jobs(found):
        while jobs.get(found, job.id).is_open:
            jobs.stop(found, job.id)
            time.sleep(0.5)


@pytest.fixture
def runners(monkeypatch, tmp_path):
    """Let jobs be done by a stub; gives the runners that were started."""
    stub = tmp_path / "stub.py"
    stub.write_text(STUB, encoding="utf-8")
    started = []
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path.cwd()), *sys.path]))

    def start(root):
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", RUNNER, str(root), str(stub)], start_new_session=True
            )
        )

    monkeypatch.setattr(jobs, "start_runner", start)
    yield started
    for runner in started:
        runner.wait(timeout=30)


def submit(root, *argv):
    return jobs.submit(root, argv, title=TITLE, scenario="minimal", by="zhang")


def until(root, job_id, *states, seconds=60):
    """Wait until a job is in one of the states, and its step is known where it runs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = jobs.get(root, job_id)
        if job.state in states and (job.state != "running" or job.step):
            return job
        assert job.state not in {"done", "failed", "stopped", "lost"}, (job, log(root, job_id))
        time.sleep(0.1)
    pytest.fail(f"{job} after {seconds} s; log: {log(root, job_id)}")


def log(root, job_id):
    return jobs.log_tail(root, job_id)


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] == "Z"


def test_a_job_waits_runs_reports_and_is_done(root, runners):
    job_id = submit(root, "sleep", "0.8", "a")
    running = until(root, job_id, "running")
    assert (running.step, running.done, running.total, running.gap) == ("plan", 3, 8, 0.125)
    assert running.created <= running.started <= running.heard
    assert not gone(running.pid)
    done = until(root, job_id, "done")
    assert done.result == root / "wrote-a"
    assert (done.argv, done.title, done.by) == (("sleep", "0.8", "a"), TITLE, "zhang")
    assert (done.scenario, done.message, done.pid) == ("minimal", None, None)
    assert done.ended > done.started
    assert log(root, job_id) == "began sleep"


def test_two_clicks_are_one_job_and_a_third_after_it_is_another(root, runners):
    first = submit(root, "sleep", "0.3", "a")
    assert submit(root, "sleep", "0.3", "a") == first
    until(root, first, "running")
    assert submit(root, "sleep", "0.3", "a") == first
    until(root, first, "done")
    assert submit(root, "sleep", "0.3", "b") != first
    assert len(jobs.list_jobs(root)) == 2


def test_clicks_from_several_processes_at_once_are_one_job(root, runners):
    code = (
        "import sys; from pathlib import Path; from dashboards import jobs;"
        "jobs.start_runner = lambda root: None;"
        "print(jobs.submit(Path(sys.argv[1]), ['quick'], title={'zh': 'a', 'en': 'a'}))"
    )
    clicks = [
        subprocess.Popen([sys.executable, "-c", code, str(root)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({click.communicate(timeout=60)[0] for click in clicks}) == 1
    assert len(jobs.list_jobs(root)) == 1


def test_jobs_run_one_at_a_time_in_the_order_they_were_asked_for(root, runners):
    # Longer than a runner waits for the lock.
    ids = [submit(root, "sleep", "1", name) for name in "abc"]
    ended = [until(root, job_id, "done") for job_id in ids]
    for before, after in pairwise(ended):
        assert before.ended <= after.started
    assert [job.id for job in jobs.list_jobs(root)] == ids[::-1]


def test_a_stop_keeps_the_best_so_far_and_says_so(root, runners):
    job_id = submit(root, "sleep", "60", "a")
    until(root, job_id, "running")
    jobs.stop(root, job_id)
    stopped = until(root, job_id, "stopped")
    assert stopped.result == root / "wrote-a"
    assert "best" in stopped.message["en"]
    assert "最好" in stopped.message["zh"]


def test_a_second_stop_ends_a_job_that_does_not_hear_the_first(root, runners):
    job_id = submit(root, "deaf")
    pid = until(root, job_id, "running").pid
    jobs.stop(root, job_id)
    time.sleep(0.8)
    assert jobs.get(root, job_id).state == "running"
    jobs.stop(root, job_id)
    stopped = until(root, job_id, "stopped")
    assert stopped.result is None
    assert "no result" in stopped.message["en"]
    assert gone(pid)


def test_a_job_stopped_in_the_queue_never_begins(root, runners):
    first, second = (submit(root, "sleep", "0.5", name) for name in "ab")
    jobs.stop(root, second)
    until(root, first, "done")
    stopped = jobs.get(root, second)
    assert (stopped.state, stopped.started, stopped.result) == ("stopped", None, None)
    assert not (root / "wrote-b").exists()
    jobs.stop(root, first)
    assert jobs.get(root, first).state == "done"


def test_a_crash_is_said_by_its_last_line_and_no_traceback(root, runners):
    failed = until(root, submit(root, "crash"), "failed")
    for lang in LANGS:
        assert "ValueError: no such thing" in failed.message[lang]
        assert "Traceback" not in failed.message[lang]
    assert "Traceback" in log(root, failed.id)


def test_what_a_command_says_of_its_failure_becomes_the_message_in_both_languages(root, runners):
    failed = until(root, submit(root, "refuse"), "failed")
    assert failed.message == {"zh": "数据有误", "en": "bad data"}


def test_a_plan_that_was_written_and_breaks_rules_is_done_and_says_so(root, runners):
    done = until(root, submit(root, "violated"), "done")
    assert "hard rules violated" in done.message["en"]


def test_a_command_that_cannot_be_started_fails_in_words(root, runners, tmp_path, monkeypatch):
    place = tmp_path / "place"
    place.mkdir()
    with monkeypatch.context() as context:
        context.chdir(place)
        job_id = submit(root, "sleep", "0", "a")
        place.rmdir()
    failed = until(root, job_id, "failed")
    assert "place" in failed.message["zh"]


def test_a_command_killed_from_outside_fails_in_words_and_the_queue_goes_on(root, runners):
    first, second = submit(root, "deaf"), submit(root, "sleep", "0", "b")
    os.kill(until(root, first, "running").pid, signal.SIGKILL)
    failed = until(root, first, "failed")
    assert all("9" in failed.message[lang] for lang in LANGS)
    assert "memory" in failed.message["en"]
    until(root, second, "done")


def test_where_the_runner_is_killed_the_job_is_lost_in_words_and_the_queue_goes_on(root, runners):
    first, second = submit(root, "sleep", "60", "a"), submit(root, "sleep", "0.2", "b")
    child = until(root, first, "running").pid
    # Those that only wait go first, or one of them would take over.
    for runner in reversed(runners):
        runner.kill()
        runner.wait()
    lost = jobs.get(root, first)
    assert lost.state == "lost"
    assert "restart" in lost.message["en"]
    assert "重启" in lost.message["zh"]
    until(root, second, "done")
    # The command heard that its runner was gone, and kept what it had.
    assert gone(child)
    assert (root / "wrote-a").is_dir()
    assert jobs.get(root, first).state == "lost"


HOLDER = """
import sys
from pathlib import Path
from dashboards.joblock import held
with held(Path(sys.argv[1])) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def test_while_a_runner_lives_its_job_is_not_lost(root):
    with index.writing(root) as database:
        database.execute(
            "INSERT INTO jobs (id, argv, folder, title_zh, title_en, state, created)"
            " VALUES ('a', '[]', '.', 'a', 'a', 'running', ?)",
            (index.now(),),
        )
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
            str(root),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    try:
        assert holder.stdout.readline() == "True\n"
        assert jobs.get(root, "a").state == "running"
        with held(root) as mine:
            assert not mine
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
    assert jobs.get(root, "a").state == "lost"


def test_a_job_that_is_over_is_deleted_with_its_log_and_an_open_one_is_not(root, runners):
    job_id = submit(root, "sleep", "0.5", "a")
    with pytest.raises(RunError) as refused:
        jobs.delete(root, job_id)
    assert all(refused.value.text(lang) for lang in LANGS)
    until(root, job_id, "done")
    assert jobs.folder_of(root, job_id).is_dir()
    jobs.delete(root, job_id)
    jobs.delete(root, job_id)
    assert jobs.get(root, job_id) is None
    assert not jobs.folder_of(root, job_id).exists()
    assert (root / "wrote-a").is_dir()


SERVER = """
import sys, time
from pathlib import Path
from dashboards import jobs
argv = ["plan", "bole-2023", "--time-limit", "3", "--workers", "1", "--lang", "en"]
print(jobs.submit(Path(sys.argv[1]), argv, title={"zh": "排班", "en": "Plan"}), flush=True)
time.sleep(60)
"""


def test_a_real_job_outlives_the_server_that_asked_for_it(root, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path.cwd()), *sys.path]))
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(root)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    job_id = server.stdout.readline().strip()
    until(root, job_id, "running")
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    server.stdout.close()
    done = until(root, job_id, "done")
    run = read_run(done.result)
    assert run.folder.parent == root
    assert run.head.scenario_id == "bole-2023"
    assert run.head.complete
    value, bound = run.head.levels[0].value, run.head.levels[0].bound
    assert done.gap == pytest.approx((bound - value) / bound)
    assert run.id in log(root, job_id)


def test_a_real_job_says_why_in_both_languages_where_there_is_no_plan_or_no_scenario(
    root, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path.cwd()), *sys.path]))
    instances = sorted(Path("benchmarks/instances/infeasible").glob("*.json"))
    options = ("--time-limit", "3", "--workers", "1")
    failed = until(root, submit(root, "plan", str(instances[0]), *options), "failed")
    assert failed.message["zh"].startswith("此场景排不出方案")
    assert failed.message["en"].startswith("The scenario's rules leave no plan")
    assert len(failed.message["zh"].splitlines()) > 1
    failed = until(root, submit(root, "plan", "no-such", *options), "failed")
    assert all("no-such" in failed.message[lang] for lang in LANGS)
    failed = until(root, submit(root, "plan", "minimal", "--no-such"), "failed")
    assert "--no-such" in failed.message["en"]


@pytest.mark.long
def test_a_real_job_that_is_stopped_keeps_its_plan(root, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path.cwd()), *sys.path]))
    job_id = submit(root, "run", "bole-2023", "--time-limit", "300", "--workers", "1")
    end = time.monotonic() + 60
    while (jobs.get(root, job_id).gap or 1) > 0.9:
        assert time.monotonic() < end
        time.sleep(0.2)
    jobs.stop(root, job_id)
    stopped = until(root, job_id, "stopped")
    run = read_run(stopped.result)
    assert not run.head.complete
    assert run.plan.leaves


def test_without_a_job_nothing_is_reported(monkeypatch):
    monkeypatch.delenv(jobsink.JOB, raising=False)
    assert jobsink.current() is None


def test_reports_of_one_step_are_written_now_and_then_and_its_end_always(root, monkeypatch):
    with index.writing(root) as database:
        database.execute(
            "INSERT INTO jobs (id, argv, folder, title_zh, title_en, state, created)"
            " VALUES ('a', '[]', '.', 'a', 'a', 'running', '2026-01-01')"
        )
    written = []
    sink = jobsink.Sink(jobs.folder_of(root, "a"))
    monkeypatch.setattr(sink, "_write", lambda what, *values: written.append(values))
    for done in range(1, 101):
        sink.tell("forecast", done, 100)
    assert written == [("forecast", 1, 100, None), ("forecast", 100, 100, None)]
    sink.tell("audit", 0, 0)
    assert written[-1] == ("audit", 0, 0, None)


def test_a_report_that_cannot_be_written_does_not_end_the_work(root, capsys, monkeypatch):
    sink = jobsink.Sink(jobs.folder_of(root, "a"))
    with monkeypatch.context() as context:
        context.setattr(index, "NEWEST", -1)
        sink.tell("plan", 1, 8)
    assert index.NAME in capsys.readouterr().err

from __future__ import annotations

import json
import shutil

import pytest

from dashboards import index, joblist, jobs, jobview, publications, runlist
from dashboards.joblock import held
from dashboards.labels import distinct
from dashboards.runs import read_run
from dashboards.texts import t
from tests.dashboards.test_app import opened, said

LANGS = ("zh", "en")


@pytest.fixture
def root(tmp_path, run_store, monkeypatch):
    """A folder of two runs that a test may change; its jobs are started by nobody."""
    found = shutil.copytree(
        run_store, tmp_path / "runs", ignore=shutil.ignore_patterns("index*", ".jobs")
    )
    monkeypatch.setenv("BUREAU_RUNS", str(found))
    monkeypatch.setattr(jobs, "start_runner", lambda root: None)
    return found


def put(root, job_id, state, **columns):
    """Write a job into the index as a runner would have left it."""
    filled = {
        "id": job_id,
        "argv": json.dumps(["run", "minimal", "--time-limit", "30", "--seed", "7"]),
        "folder": ".",
        "title_zh": "运行 最小示例",
        "title_en": "Run the minimal example",
        "state": state,
        "created": "2026-03-01T08:00:00+00:00",
        "started": "2026-03-01T08:00:01+00:00",
        **columns,
    }
    if state not in jobs.OPEN:
        filled["ended"] = "2026-03-01T08:01:13+00:00"
    with index.writing(root) as database:
        database.execute(
            f"INSERT INTO jobs ({', '.join(filled)}) VALUES ({', '.join('?' * len(filled))})",
            list(filled.values()),
        )


def press(at, label):
    """Press the button of that label."""
    (button,) = (button for button in at.button if button.label == label)
    return button.click().run()


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_line_says_what_runs_what_waits_and_what_is_stored(root, lang):
    assert t("app.jobs.history.none", lang) in said(opened("jobs", lang))
    with held(root):
        put(root, "a", "running", step="plan", done=3, total=8, gap=0.031)
        put(root, "b", "queued", started=None)
        at = opened("jobs", lang)
    assert not at.exception
    size = joblist.size(sum(run.bytes for run in runlist.listing(root).runs))
    line = t("app.jobs.summary.busy", lang, running=1, queued=1, runs="2", size=size)
    assert line in said(at)


@pytest.mark.parametrize("lang", LANGS)
def test_a_job_that_runs_is_shown_with_step_gap_and_a_stop_and_stands_in_the_address(root, lang):
    with held(root):
        put(root, "a", "running", step="plan", done=3, total=8, gap=0.031)
        at = opened("jobs", lang)
        (bar,) = at.get("progress")
        assert bar.proto.value == 37
        for words in (
            t("job.state.running", lang),
            t("job.step", lang, step=t("step.plan", lang), done=3, total=8),
            t("job.gap", lang, gap="3.1%"),
        ):
            assert words in bar.proto.text
        assert at.query_params["job"] == "a"
        press(at, t("job.stop", lang))
        assert jobs.get(root, "a").stops == 1
        again = opened("jobs", lang, job="a")
        assert t("job.state.stopping", lang) in again.get("progress")[0].proto.text
        press(again, t("job.end-now", lang))
        assert jobs.get(root, "a").stops == 2


def test_a_page_loaded_anew_finds_the_job_of_its_address(root):
    put(root, "a", "done", result=str(root / "good"))
    put(root, "b", "failed", message_zh="数据有误", message_en="bad data\nat line 3")
    words = said(opened("jobs", "en", job="b"))
    assert t("app.jobs.over.title", "en") in words
    assert "bad data" in words
    assert "at line 3" in words
    assert t("job.gone", "en") in said(opened("jobs", "en", job="no-such"))


def test_a_job_that_is_done_leads_to_its_run_and_to_the_comparison(root):
    put(root, "a", "done", result=str(root / "good"), gap=0.0)
    at = opened("jobs", "en", job="a")
    html = "".join(element.value for element in at.html)
    assert 'href="cockpit?lang=en&amp;run=good"' in html
    assert 'href="compare?lang=en&amp;run=good"' in html
    words = said(at)
    assert "72 s" in words
    assert t("job.state.done", "en") in words


def test_a_result_that_is_no_run_here_has_no_link(root, tmp_path):
    assert jobview.run_link(None, "en") is None
    assert jobview.run_link(root / "gone", "en") is None
    elsewhere = shutil.copytree(root / "good", tmp_path / "elsewhere")
    assert jobview.run_link(elsewhere, "en") is None
    assert "calendar?" in jobview.run_link(root / "planned", "en").html


@pytest.mark.parametrize("lang", LANGS)
def test_a_run_is_started_once_however_often_it_is_asked_for(root, lang):
    at = opened("jobs", lang)
    at.selectbox(key="jobs-scenario").select("minimal")
    at.number_input(key="jobs-effort").set_value(12)
    at.number_input(key="jobs-seed").set_value(5)
    press(at, t("app.jobs.start", lang))
    assert not at.exception
    (job,) = jobs.list_jobs(root)
    assert job.argv[:8] == (
        "run",
        "minimal",
        "--time-limit",
        "12",
        "--futures",
        "1000",
        "--seed",
        "5",
    )
    assert at.query_params["job"] == job.id
    assert (job.state, job.scenario) == ("queued", "minimal")
    press(at, t("app.jobs.start", lang))
    assert len(jobs.list_jobs(root)) == 1


def test_a_run_that_is_there_already_is_shown_and_not_computed_again(root, minimal):
    from dashboards.commands.simulation import simulation
    from dashboards.store import default_folder

    asked = simulation(
        seed=1, futures=1000, engine="kernel", tails=None, precision=None, keep_outcomes=None
    )
    name = default_folder(minimal, asked.inputs(time_limit_s=30.0)).name
    (root / "good").rename(root / name)
    at = opened("jobs", "en")
    at.selectbox(key="jobs-scenario").select("minimal")
    press(at, t("app.jobs.start", "en"))
    assert t("app.jobs.same", "en", run=name) in said(at)
    assert jobs.list_jobs(root) == ()


def test_a_scenario_of_ones_own_can_be_run_and_a_broken_one_is_said_in_words(root):
    from scenarios.library import shipped_file

    own = root / "scenarios" / "our-city"
    shutil.copytree(shipped_file("minimal").parent, own)
    at = opened("jobs", "en")
    at.selectbox(key="jobs-scenario").select("our-city")
    press(at, t("app.jobs.start", "en"))
    (job,) = jobs.list_jobs(root)
    assert job.argv[1] == str(own.resolve())
    assert job.scenario == "our-city"
    (own / "scenario.yaml").write_text("title: nonsense\n", encoding="utf-8")
    at = opened("jobs", "en")
    at.selectbox(key="jobs-scenario").select("our-city")
    press(at, t("app.jobs.start", "en"))
    assert not at.exception
    assert len(jobs.list_jobs(root)) == 1
    assert "scenario.yaml" in said(at)


def test_a_job_is_run_again_over_its_own_result_and_deleted_alone(root):
    put(root, "a", "done", result=str(root / "good"))
    at = opened("jobs", "en", job="a")
    press(at, t("app.jobs.again", "en"))
    newest, old = jobs.list_jobs(root)
    assert newest.argv == (*old.argv, "--force")
    assert newest.state == "queued"
    assert joblist.again(newest) == newest.argv
    at = opened("jobs", "en", job="a")
    at.selectbox(key="jobs-one").select("a").run()
    press(at, t("app.jobs.delete-job", "en"))
    assert [job.id for job in jobs.list_jobs(root)] == [newest.id]
    assert (root / "good" / "run.json").is_file()


def test_a_published_result_is_neither_computed_anew_nor_deleted(root, monkeypatch):
    monkeypatch.setattr(publications, "_check", lambda root, run: None)
    publications.publish(root, read_run(root / "good"), by=None, note="")
    put(root, "a", "done", result=str(root / "good"))
    at = opened("jobs", "en", job="a")
    (again,) = (button for button in at.button if button.label == t("app.jobs.again", "en"))
    assert again.disabled
    assert t("app.jobs.after.published", "en") in said(at)
    assert t("app.jobs.status.published", "en") in said(at)
    (choice,) = (box for box in at.selectbox if box.label == t("app.jobs.delete-run.which", "en"))
    assert choice.options == ["planned"]


def test_a_run_is_deleted_only_by_who_is_sure(root):
    at = opened("jobs", "en")
    (choice,) = (box for box in at.selectbox if box.label == t("app.jobs.delete-run.which", "en"))
    choice.select("planned")
    press(at, t("app.jobs.delete-run", "en"))
    assert t("app.jobs.delete-run.unsure", "en") in said(at)
    assert (root / "planned").is_dir()
    (choice,) = (box for box in at.selectbox if box.label == t("app.jobs.delete-run.which", "en"))
    choice.select("planned")
    at.checkbox[0].check()
    press(at, t("app.jobs.delete-run", "en"))
    assert not (root / "planned").exists()
    assert (root / "good").is_dir()


@pytest.mark.parametrize("lang", LANGS)
def test_who_may_not_plan_looks_and_changes_nothing(root, lang, monkeypatch):
    monkeypatch.setenv("BUREAU_PLANNERS", "chief@example.org")
    with held(root):
        put(root, "b", "running", step="plan", done=1, total=8)
        put(root, "a", "done", result=str(root / "good"))
        at = opened("jobs", lang)
    assert not at.exception
    assert at.selectbox(key="jobs-one").value == "a"
    assert [button.label for button in at.button] == []
    assert t("app.jobs.viewer", lang) in said(at)
    assert len(at.get("progress")) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_a_lost_job_and_a_damaged_index_are_said_on_the_page(root, lang):
    put(root, "a", "running", step="plan", done=1, total=8)
    assert t("job.lost", lang) in said(opened("jobs", lang, job="a"))
    for ending in ("-wal", "-shm"):
        (root / f"{index.NAME}{ending}").unlink(missing_ok=True)
    (root / index.NAME).write_bytes(b"damaged" * 1000)
    at = opened("jobs", lang)
    assert not at.exception
    (kept,) = index.set_aside(root)
    assert kept.name in said(at)


def test_what_a_watcher_wants_done_is_done_once_the_job_is_over(root, monkeypatch):
    drawn, told = [], []
    monkeypatch.setattr(jobview.st, "html", drawn.append)
    put(root, "a", "stopped", message_zh="停", message_en="stopped <early>")
    jobview.watch("a", "en", then=told.append)
    assert [job.id for job in told] == ["a"]
    assert "stopped &lt;early&gt;" in drawn[0]


@pytest.mark.parametrize(
    ("n_bytes", "written"),
    [(0, "0.0 kB"), (1234, "1.2 kB"), (999_949, "999.9 kB"), (3_400_000, "3.4 MB")],
)
def test_sizes_are_written_in_steps_of_a_thousand(n_bytes, written):
    assert joblist.size(n_bytes) == written
    assert joblist.size(5_100_000_000_000_000) == "5,100.0 TB"


def test_hundreds_of_jobs_are_looked_up(root):
    for number in range(300):
        put(root, f"job-{number}", "done")
    assert len(jobs.list_jobs(root)) == 300


def test_scenarios_that_read_alike_are_told_apart_by_their_ids():
    assert distinct({"a": "City", "b": "City", "c": "Town"}) == {
        "a": "City [a]",
        "b": "City [b]",
        "c": "Town",
    }

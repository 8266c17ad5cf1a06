from __future__ import annotations

import json
import os
import shutil

import pandas as pd
import pytest

from dashboards.runs import COLUMNS, Inputs, RunError, find_run, list_runs, read_run, runs_root
from dashboards.store import Meta, check_free, default_folder, write_run
from planner.audit import audit, audit_table, violations
from planner.plan import tables
from scenarios.load import load_scenario
from tests.dashboards.sample import forecast_of, plan_of

META = Meta(Inputs(seed=7, futures=400, time_limit_s=5), {"plan": 1.0, "forecast": 2.0}, workers=2)


@pytest.fixture(scope="module")
def given():
    scenario = load_scenario("minimal")
    plan = plan_of(scenario)
    return scenario, plan, audit(scenario, tables(scenario, plan)), forecast_of(scenario, plan)


@pytest.fixture(scope="module")
def stored(given, tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("runs") / "first", *given, META)


@pytest.fixture
def copied(stored, tmp_path):
    """A run that a test may damage."""
    return shutil.copytree(stored.folder, tmp_path / "copy")


def test_what_was_written_is_what_is_read(given, stored):
    scenario, plan, findings, forecast = given
    run = read_run(stored.folder)
    assert run.scenario == scenario
    assert run.plan == plan
    assert run.forecast == forecast.to_json()
    assert len(run.audit) == len(findings) > 0
    pd.testing.assert_frame_equal(run.outcomes, forecast.outcomes, check_dtype=False)
    assert run.head.inputs == META.inputs
    assert run.head.inputs_hash == META.inputs.hash(scenario)
    assert (run.head.workers, run.head.complete) == (2, True)
    assert {"python", "bureau-planner", "ortools", "simpy"} <= run.head.versions.keys()
    assert run.edited() == ()


def test_tables_come_back_as_the_plan_makes_them(given, stored):
    scenario, plan, *_ = given
    for name, made in tables(scenario, plan).items():
        assert tuple(made.columns) == COLUMNS[name]
        pd.testing.assert_frame_equal(stored.table(name), made, check_dtype=False)
    assert audit(scenario, stored.tables()) == given[2]


def test_trips_are_stored_where_leaders_may_travel_and_read_back(travelled):
    for name, n in (("trips", 1), ("none", 0)):
        run = read_run(travelled / name)
        assert run.has_trips
        assert len(run.plan.trips) == len(run.table("trips")) == n
        assert tuple(run.table("trips").columns) == COLUMNS["trips"]
        assert "trips" in run.tables()
        findings = audit(run.scenario, run.tables())
        assert [f for f in findings if "trip" in f.rule and f.verdict == "ok"] or not n
        pd.testing.assert_frame_equal(audit_table(findings), run.audit, check_dtype=False)


def test_a_run_without_trips_has_no_table_of_them(stored):
    assert not stored.has_trips
    assert "trips" not in stored.tables()
    assert "trips" not in json.loads((stored.folder / "plan.json").read_text())


def test_a_trips_table_edited_by_hand_is_audited_as_it_lies(travelled, tmp_path):
    folder = shutil.copytree(travelled / "trips", tmp_path / "edited")
    path = folder / "trips.csv"
    path.write_text(path.read_text().replace("principal,", "deputy,", 1))
    run = read_run(folder)
    assert run.edited() == ("trips.csv",)
    broken = {f.rule for f in violations(audit(run.scenario, run.tables()))}
    assert "trip-leader-tier" in broken


def test_the_same_arguments_give_the_same_bytes_but_for_the_timings(given, stored, tmp_path):
    slower = Meta(META.inputs, {"plan": 9.0}, workers=1)
    again = write_run(tmp_path / "again", *given, slower)
    names = sorted(path.name for path in stored.folder.iterdir())
    assert names == sorted(path.name for path in again.folder.iterdir())
    for name in names:
        one, two = ((run.folder / name).read_bytes() for run in (stored, again))
        if name != "run.json":
            assert one == two, name
            continue
        heads = [json.loads(text) for text in (one, two)]
        assert heads[0].pop("timings") != heads[1].pop("timings")
        assert heads[0] == heads[1]


def test_tables_are_utf8_with_bare_line_feeds(stored):
    assert {name for name in COLUMNS if f"{name}.csv" not in stored.head.files} == {"trips"}
    for name in set(COLUMNS) - {"trips"}:
        content = (stored.folder / f"{name}.csv").read_bytes()
        assert content.decode().splitlines()[0] == ",".join(COLUMNS[name])
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")


def test_a_run_without_a_forecast_says_so_when_asked_for_it(given, tmp_path):
    scenario, plan, findings, _ = given
    run = write_run(tmp_path / "plan", scenario, plan, findings, None, META)
    assert not run.has_forecast
    with pytest.raises(RunError, match="holds a plan and no forecast") as caught:
        _ = run.forecast
    assert "没有推演" in caught.value.text("zh")


def test_an_existing_folder_is_never_overwritten_silently(given, stored, tmp_path):
    before = {path: path.read_bytes() for path in stored.folder.iterdir()}
    with pytest.raises(RunError, match="exists and is not overwritten") as caught:
        write_run(stored.folder, *given, META)
    assert caught.value.usage
    assert {path: path.read_bytes() for path in stored.folder.iterdir()} == before
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match="exists"):
        check_free(tmp_path / "empty")


def test_a_run_with_nowcasts_is_never_replaced(given, copied):
    (copied / "nowcasts").mkdir()
    kept = copied / "nowcasts" / "2024-07-20.json"
    kept.write_text("{}")
    with pytest.raises(RunError, match="1 stored nowcasts"):
        write_run(copied, *given, META, force=True)
    assert kept.read_text() == "{}"


def test_force_replaces_a_run_and_nothing_else(given, copied, tmp_path):
    (copied / "calendar.csv").write_text("spoilt")
    run = write_run(copied, *given, META, force=True)
    assert run.edited() == ()
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter.txt").write_text("years of work")
    with pytest.raises(RunError, match="no run folder; not even --force"):
        write_run(thesis, *given, META, force=True)
    assert (thesis / "chapter.txt").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "thesis"]


@pytest.mark.parametrize("force", [False, True])
def test_a_write_that_fails_leaves_nothing_and_keeps_what_was_there(
    given, copied, tmp_path, monkeypatch, force
):
    scenario, plan, findings, forecast = given
    folder = copied if force else tmp_path / "new"
    before = sorted(tmp_path.rglob("*"))

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dashboards.store._write_parquet", full)
    with pytest.raises(RunError, match=r"cannot be written.*No space left"):
        write_run(folder, scenario, plan, findings, forecast, META, force=force)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("file", "content", "part", "says"),
    [
        ("plan.json", b"{", "plan", "plan.json cannot be read"),
        ("plan.json", b"[]", "plan", "list, not an object"),
        ("plan.json", b"{}", "plan", "plan.json cannot be read"),
        ("scenario.json", b"{}", "scenario", "scenario.json cannot be read"),
        ("forecast.json", b"{}", "forecast", "forecast.json .* is not what was written"),
        ("outcomes.parquet", b"PAR1", "outcomes", "outcomes.parquet .* is not what was written"),
        ("audit.csv", b"", "audit", "audit.csv .* is not what was written"),
        ("audit.csv", b"rule,verdict\n", "audit", "audit.csv .* is not what was written"),
        ("plan.json", None, "plan", "plan.json is missing"),
        ("outcomes.parquet", None, "outcomes", "outcomes.parquet is missing"),
    ],
)
def test_a_damaged_part_is_refused_in_words(copied, file, content, part, says):
    if content is None:
        (copied / file).unlink()
    else:
        (copied / file).write_bytes(content)
    run = read_run(copied)
    with pytest.raises(RunError, match=says) as caught:
        getattr(run, part)
    assert file in caught.value.text("zh")
    assert not caught.value.usage
    assert file in run.edited()


def test_a_plan_changed_by_hand_is_not_taken_for_the_run_s(copied):
    data = json.loads((copied / "plan.json").read_text())
    data["leaves"][0]["start"] += 1
    (copied / "plan.json").write_text(json.dumps(data))
    with pytest.raises(RunError, match="is not what was written"):
        _ = read_run(copied).plan


def test_a_table_edited_by_hand_is_read_as_it_lies_and_named(copied):
    path = copied / "visits.csv"
    path.write_text(path.read_text().replace(",6\n", ",5\n", 1))
    run = read_run(copied)
    assert run.edited() == ("visits.csv",)
    assert 5 in set(run.table("visits")["seats"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "run.json is missing"),
        ("{", "run.json cannot be read"),
        ('{"format": 99}', "has format 99; only 1"),
        ('{"format": 1}', "run.json cannot be read"),
    ],
)
def test_a_head_that_cannot_be_read_is_refused(tmp_path, content, says):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=says):
        read_run(tmp_path)


def test_the_list_is_newest_first_and_names_what_cannot_be_read(stored, tmp_path):
    for name, created in (("older", "2024-01-01"), ("newer", "2025-01-01")):
        folder = shutil.copytree(stored.folder, tmp_path / name)
        head = json.loads((folder / "run.json").read_text())
        head["timings"]["created"] = f"{created}T00:00:00+00:00"
        (folder / "run.json").write_text(json.dumps(head))
    (tmp_path / "broken").mkdir()
    (tmp_path / ".half.1.new").mkdir()
    (tmp_path / "notes.txt").write_text("not a run")
    found = list_runs(tmp_path)
    assert [run.id for run in found.runs] == ["newer", "older"]
    assert [str(problem) for problem in found.problems] == [
        f"{tmp_path / 'broken'} is no run folder: run.json is missing."
    ]
    assert list_runs(tmp_path / "nowhere").runs == ()


def test_a_run_is_found_by_folder_or_by_name(stored):
    root = stored.folder.parent
    assert find_run(str(stored.folder)).folder == stored.folder
    assert find_run("first", root).folder == stored.folder
    with pytest.raises(RunError, match="There is no folder"):
        find_run("second", root)


def test_the_name_of_a_run_follows_from_its_inputs(given, monkeypatch):
    scenario = given[0]
    monkeypatch.delenv("BUREAU_RUNS", raising=False)
    folder = default_folder(scenario, META.inputs)
    assert folder.parent == runs_root()
    assert folder.name == f"minimal-{META.inputs.hash(scenario)[:8]}"
    other = Inputs(seed=8, futures=400, time_limit_s=5)
    assert default_folder(scenario, other) != folder
    monkeypatch.setenv("BUREAU_RUNS", os.sep + "elsewhere")
    assert default_folder(scenario, META.inputs).parent.name == "elsewhere"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"visit,company\n", "visits.csv has the columns visit, company; allowed: visit, bureau"),
        ("考察团\n".encode("gbk"), "visits.csv cannot be read"),
        (b"", "visits.csv cannot be read"),
        (None, "visits.csv is missing"),
    ],
)
def test_a_table_that_is_no_table_is_refused_in_words(copied, content, says):
    path = copied / "visits.csv"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(RunError, match=says):
        read_run(copied).table("visits")


def test_seats_that_are_no_number_are_refused(copied):
    path = copied / "visits.csv"
    path.write_text(path.read_text().replace(",6\n", ",six\n", 1))
    with pytest.raises(RunError, match=r"visits.csv cannot be read.*six"):
        read_run(copied).table("visits")

"""``bureau export ics`` as people call it."""

from __future__ import annotations

import io
import shutil
import zipfile

import pytest
from icalendar import Calendar
from typer.testing import CliRunner

from dashboards.agenda import scope_of, scopes
from dashboards.cli import app
from dashboards.exports.ics import archive, calendar
from dashboards.runs import read_run
from tests.dashboards.published import publish_sample


@pytest.fixture
def root(tmp_path, monkeypatch, run_store):
    """Runs of one's own, seen from an empty folder."""
    found = tmp_path / "runs"
    shutil.copytree(run_store, found, ignore=shutil.ignore_patterns("*.sqlite*"))
    monkeypatch.setenv("BUREAU_RUNS", str(found))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return found


def ics(*args):
    return CliRunner().invoke(app, ["export", "ics", *map(str, args)])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_calendar_is_written_where_one_is_asked_for(root, tmp_path, minimal, lang):
    person = minimal.persons[0][1].id
    bureau = minimal.organisation.bureaus[0].id
    run = read_run(root / "good")
    for option, who in (("--person", person), ("--bureau", bureau)):
        result = ics("good", option, who, "--lang", lang)
        assert result.exit_code == 0, result.stderr
        scope = scope_of(minimal, who)
        file = tmp_path / "here" / f"good-{scope.name}-{lang}.ics"
        assert file.read_bytes() == calendar(run, lang, scope)
        n = len(Calendar.from_ical(file.read_bytes()).walk("VEVENT"))
        assert str(n) in result.stdout
        assert ("微信" if lang == "zh" else "WeChat") in result.stderr


def test_by_default_all_calendars_are_packed_together(root, tmp_path, minimal):
    result = ics("good")
    assert result.exit_code == 0, result.stderr
    content = (tmp_path / "here" / "good-all-zh.zip").read_bytes()
    assert content == archive(read_run(root / "good"), "zh")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == len(scopes(minimal)) + 1


def test_everybodys_calendar_alone_is_written_under_its_own_ending(root, tmp_path):
    result = ics("good", "--out", tmp_path / "one.ics")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "one.ics").read_bytes() == calendar(read_run(root / "good"), "zh")


def sequences(file):
    return {event["SEQUENCE"] for event in Calendar.from_ical(file.read_bytes()).walk("VEVENT")}


def test_the_sequence_is_the_version_it_was_published_as_unless_given(root, tmp_path):
    def written(*options):
        result = ics("good", "--out", tmp_path / "x.ics", "--force", *options)
        assert result.exit_code == 0, result.stderr
        (found,) = sequences(tmp_path / "x.ics")
        return found

    assert written() == 0
    assert written("--before", "planned") == 1
    publish_sample(root, "planned")
    assert written() == 0
    assert written("--before", "planned") == 2
    publish_sample(root, "good")
    assert written() == 2
    assert written("--sequence", "7") == 7


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--person", "nobody"), 2),
        (("--bureau", "nowhere"), 2),
        (("--person", "a", "--bureau", "b"), 2),
        (("--before", "no-such-run"), 2),
        (("--out", "no/such/folder/x.ics"), 2),
    ],
)
def test_what_cannot_be_done_is_said_in_words_and_leaves_nothing(
    root, tmp_path, options, code, lang
):
    result = ics("good", *options, "--lang", lang)
    assert result.exit_code == code
    assert result.stderr
    assert "Traceback" not in result.stderr
    assert list((tmp_path / "here").iterdir()) == []


def test_a_bureau_is_no_person(root, minimal):
    result = ics("good", "--person", minimal.organisation.bureaus[0].id, "--lang", "en")
    assert result.exit_code == 2
    assert minimal.persons[0][1].id in result.stderr


def test_a_file_that_stands_there_is_replaced_only_when_told(root, tmp_path):
    file = tmp_path / "mine.ics"
    file.write_bytes(b"mine")
    assert ics("good", "--out", file).exit_code == 2
    assert file.read_bytes() == b"mine"
    assert ics("good", "--out", file, "--force").exit_code == 0
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR")

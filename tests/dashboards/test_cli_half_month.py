"""``bureau brief --ledger``: the half-month brief on the screen and as a file."""

from __future__ import annotations

import io
import shutil
from datetime import timedelta

import pytest
from docx import Document
from pypdf import PdfReader
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands.failing import Exit
from dashboards.labels import bureau_labels
from dashboards.nowcasts import stored


def bureau(*argv):
    return CliRunner().invoke(app, [*map(str, argv)])


@pytest.fixture(scope="module")
def ledger(run_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "ledger"
    made = bureau("ledger", "demo", folder, run_store / "good")
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture(scope="module")
def day(minimal):
    return minimal.horizon.start + timedelta(days=minimal.days.n_days // 2)


@pytest.fixture(scope="module")
def nowcast_run(run_store, ledger, day, tmp_path_factory):
    folder = shutil.copytree(run_store / "good", tmp_path_factory.mktemp("half") / "good")
    made = bureau("nowcast", folder, ledger, "--as-of", day, "-n", 40, "--no-explain")
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def run(nowcast_run, tmp_path):
    return shutil.copytree(nowcast_run, tmp_path / "good")


def brief(run, ledger, day, *argv):
    return bureau("brief", run, "--ledger", ledger, "--as-of", day, *argv)


def written(path):
    if path.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(path).pages)
    document = Document(io.BytesIO(path.read_bytes()))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


@pytest.mark.parametrize(("lang", "word"), [("zh", "半月简报"), ("en", "Half-month brief")])
def test_without_a_file_it_is_told_on_the_screen(run, ledger, day, minimal, lang, word):
    said = brief(run, ledger, day, "--lang", lang)
    assert said.exit_code == 0, said.output
    assert word in said.stdout
    for name in bureau_labels(minimal, lang).values():
        assert name in said.stdout


@pytest.mark.parametrize("ending", [".docx", ".pdf"])
@pytest.mark.parametrize("variant", ["half-month", "month", "quarter"])
def test_the_name_of_the_file_says_its_kind(run, ledger, day, minimal, ending, variant, tmp_path):
    path = tmp_path / f"brief{ending}"
    said = brief(run, ledger, day, "--variant", variant, "--out", path)
    assert said.exit_code == 0, said.output
    assert str(path) in said.stdout.replace("\n", "")
    text = written(path)
    for name in bureau_labels(minimal, "zh").values():
        assert name in text
    assert ("在岗情况（" in text) == (variant != "half-month")
    assert ("下期轮休" in text) == (variant == "quarter")


def test_a_nowcast_that_is_stored_is_taken_and_not_made_again(run, ledger, day, monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr("sim.nowcast.nowcast", fail)
    assert brief(run, ledger, day).exit_code == 0
    other = brief(run, ledger, day - timedelta(days=1))
    assert isinstance(other.exception, AssertionError)


def test_a_nowcast_that_there_is_not_is_made_and_stored(run, ledger, day):
    before = str(day - timedelta(days=1))
    assert before not in stored(run)
    assert brief(run, ledger, before).exit_code == 0
    assert before in stored(run)


REFUSED = [
    (["--out", "brief.txt"], ".docx"),
    (["--format", "pdf", "--out", "brief.pdf"], "--format"),
    (["--before", "good", "--out", "brief.pdf"], "--before"),
    (["--as-of", "30.6.2023", "--out", "brief.pdf"], "30.6.2023"),
    (["--as-of", "2023-13-01", "--out", "brief.pdf"], "2024-07-01"),
    (["--as-of", "1999-01-01", "--out", "brief.pdf"], "1999-01-01"),
    (["--ledger", "nothing", "--out", "brief.pdf"], "nothing"),
    (["--out", "no-folder/brief.pdf"], "no-folder"),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("argv", "word"), REFUSED)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(
    run, ledger, day, argv, word, lang, tmp_path, monkeypatch
):
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    said = brief(run, ledger, day, "--lang", lang, *argv)
    assert said.exit_code not in (0, 1), said.output
    assert word in said.stderr.replace("\n", "")
    assert "Traceback" not in said.output
    assert not list(folder.iterdir())


def test_a_variant_needs_a_ledger(run, tmp_path):
    said = bureau("brief", run, "--variant", "month", "--out", tmp_path / "a.docx")
    assert said.exit_code == Exit.USAGE
    assert "--ledger" in said.stderr
    assert not (tmp_path / "a.docx").exists()


def test_a_file_that_is_there_is_kept_unless_told(run, ledger, day, tmp_path):
    path = tmp_path / "brief.docx"
    path.write_text("mine")
    assert brief(run, ledger, day, "--out", path).exit_code not in (0, 1)
    assert path.read_text() == "mine"
    assert brief(run, ledger, day, "--out", path, "--force").exit_code == 0
    assert path.read_bytes()[:2] == b"PK"

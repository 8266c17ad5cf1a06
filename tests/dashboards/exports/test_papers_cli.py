from __future__ import annotations

import io
import json
import shutil

import docx
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands.papers import TAKES
from dashboards.texts import LANGS, t
from tests.dashboards.exports.papers import pages_of_pdf


@pytest.fixture
def invoke(monkeypatch, run_store, tmp_path):
    """Run ``bureau`` over the stored runs, in a folder of its own."""
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_a_brief_is_a_word_file_unless_asked_otherwise(invoke, tmp_path):
    found = invoke("brief", "good", "--as-of", "2024-08-05")
    assert found.exit_code == 0, found.output
    content = (tmp_path / "brief-good-zh.docx").read_bytes()
    assert docx.Document(io.BytesIO(content)).paragraphs[1].text == "目标进展简报"
    assert "brief-good-zh.docx" in found.stdout


def test_a_brief_as_pdf_says_on_stderr_which_fonts_stand_in(invoke, tmp_path, monkeypatch):
    from dashboards.exports import typesetting

    sure = typesetting.fonts()
    monkeypatch.setattr(
        typesetting, "fonts", lambda: typesetting.Fonts(sure.of, sure.latin, ("title",))
    )
    found = invoke("brief", "good", "--format", "pdf", "--out", "b.pdf", "--as-of", "2024-08-05")
    assert found.exit_code == 0, found.output
    assert "没有小标宋" in found.stderr
    assert pages_of_pdf((tmp_path / "b.pdf").read_bytes())


@pytest.mark.parametrize("kind", TAKES)
@pytest.mark.parametrize("made", ["docx", "pdf"])
@pytest.mark.parametrize("lang", LANGS)
def test_every_paper_is_exported(kind, made, lang, invoke, tmp_path):
    found = invoke("export", made, "good", "--paper", kind, "--lang", lang)
    assert found.exit_code == 0, found.output
    content = (tmp_path / f"{kind}-good-{lang}.{made}").read_bytes()
    assert content[:4] == {"docx": b"PK\x03\x04", "pdf": b"%PDF"}[made]


def test_a_file_is_never_replaced_unless_asked(invoke, tmp_path):
    (tmp_path / "b.docx").write_bytes(b"mine")
    found = invoke("brief", "good", "--out", "b.docx", "--lang", "en")
    assert (found.exit_code, (tmp_path / "b.docx").read_bytes()) == (2, b"mine")
    assert "--force" in found.stderr
    assert invoke("brief", "good", "--out", "b.docx", "--force").exit_code == 0
    assert (tmp_path / "b.docx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("brief", "good", "--as-of", "tomorrow"), "tomorrow"),
        (("brief", "good", "--as-of", "2031-01-01"), "2024-07-01 to 2024-09-30"),
        (("brief", "nowhere"), "nowhere"),
        (("brief", "good", "--drivers", "."), "drivers.json"),
        (("brief", "good", "--out", "no/such/folder/b.docx"), "cannot be written"),
        (("export", "docx", "good", "--paper", "itinerary", "--period", "x"), "--period"),
        (("export", "pdf", "good", "--paper", "leave-notice", "--bureau", "x"), "east, south"),
    ],
)
def test_a_wrong_wish_is_refused_in_words_and_writes_nothing(words, said, invoke, tmp_path):
    found = invoke(*words, "--lang", "en")
    assert found.exit_code == 2
    assert said in found.stderr.replace("\n", "")
    assert list(tmp_path.iterdir()) == []


def test_damaged_evidence_is_bad_data(invoke, tmp_path):
    (tmp_path / "drivers.json").write_text(json.dumps([]))
    found = invoke("brief", "good", "--drivers", str(tmp_path), "--lang", "en")
    assert found.exit_code == 4
    assert "Make it again" in found.stderr


@pytest.mark.parametrize("kind", ["brief", "leave-notice", "itinerary"])
def test_a_table_edited_into_nonsense_is_said_in_words(
    kind, invoke, tmp_path, run_store, monkeypatch
):
    shutil.copytree(run_store / "good", tmp_path / "runs" / "good")
    for name in ("leaves", "visits"):
        table = tmp_path / "runs" / "good" / f"{name}.csv"
        lines = table.read_text().splitlines()
        table.write_text("\n".join(line.replace("east-chief", "nobody") for line in lines))
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path / "runs"))
    words = ("--paper", kind, "--lang", "en", "--as-of", "2024-08-05")
    found = invoke("export", "docx", "good", *words)
    assert found.exit_code == 4, found.output
    assert "leaves.csv, visits.csv" in found.stderr.replace("\n", " ")
    assert "nobody" in found.stderr


def test_the_earlier_run_is_named(invoke, tmp_path):
    found = invoke("brief", "good", "--before", "planned", "--as-of", "2024-08-05")
    assert found.exit_code == 0, found.output
    text = "".join(p.text for p in docx.Document(tmp_path / "brief-good-zh.docx").paragraphs)
    assert "上期：运行 planned" in text
    assert t("paper.since.none", "zh") in text

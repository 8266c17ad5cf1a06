from __future__ import annotations

import io
import json

import pytest

from dashboards import terminal


def said_on_gbk(monkeypatch, say):
    """Return what a console that knows GBK only, as Windows has it, is given."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="gbk", errors="strict", write_through=True)
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        say()
    return raw.getvalue().decode("gbk")


def test_a_gbk_console_shows_a_question_mark_and_never_crashes(monkeypatch):
    said = said_on_gbk(monkeypatch, lambda: terminal.out().print("达标概率 ≥ 10 ☃"))
    assert said.rstrip() == "达标概率 ≥ 10 ?"


def test_json_on_a_gbk_console_loses_nothing(monkeypatch):
    said = said_on_gbk(monkeypatch, lambda: terminal.print_json({"label": "达标 ☃"}))
    assert json.loads(said) == {"label": "达标 ☃"}


def test_without_a_terminal_there_are_no_colours_and_a_hundred_columns(capsys):
    console = terminal.out()
    console.print("x" * 100, style="bold red")
    assert console.width == terminal.WIDTH == 100
    assert capsys.readouterr().out == "x" * 100 + "\n"


def test_json_refuses_what_is_no_number():
    with pytest.raises(ValueError, match="JSON"):
        terminal.print_json({"p": float("nan")})

from __future__ import annotations

import pytest

from dashboards.drawing import fit, number, width_of, wrap

ZH = "节假日为预测，正式通知发布后须更新并重新排班；企业（示例）与日程均为虚构。"
EN = "These days are predicted: update them and plan again once the official notice is out."


@pytest.mark.parametrize("words", [ZH, EN])
@pytest.mark.parametrize("width", [120, 333, 700])
def test_wrapped_lines_fit_and_lose_nothing(words, width):
    lines = wrap(words, 20, width)
    # Closing marks may hang over by one character, so that no line begins with one.
    assert all(width_of(line, 20) <= width + 20 for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert not any(line[0] in "，。；）" for line in lines)


def test_english_words_are_never_broken():
    assert set(" ".join(wrap(EN, 20, 200)).split()) == set(EN.split())


def test_a_text_that_fits_stays_whole():
    assert fit("北京局局长", 20, 100) == "北京局局长"


def test_a_text_that_does_not_fit_is_cut_with_an_ellipsis():
    cut = fit("Deputy chief, Hangzhou", 20, 120)
    assert cut.endswith("…")
    assert width_of(cut, 20) <= 120


def test_a_chinese_character_is_as_wide_as_high():
    assert width_of("北京", 10) == 20
    assert width_of("ab", 10) == pytest.approx(11.2)


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (1.5, "1.5"), (1.236, "1.24"), (100, "100")]
)
def test_coordinates_carry_no_idle_digits(value, text):
    assert number(value) == text

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from dashboards.texts import LANGS, Catalogue, catalogue, t

CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
CATALOGUES = sorted(
    file.name
    for file in files("dashboards").joinpath("catalogue").iterdir()
    if file.name.endswith(".yaml")
)


def test_both_languages_have_the_same_keys():
    assert catalogue("zh").texts.keys() == catalogue("en").texts.keys()


def test_both_languages_leave_the_same_places_open():
    zh, en = catalogue("zh"), catalogue("en")
    assert {k: zh.places(k) for k in zh.texts} == {k: en.places(k) for k in en.texts}


def test_english_holds_no_chinese():
    assert [key for key, text in catalogue("en").texts.items() if CJK.search(text)] == []


def test_every_catalogue_stands_in_every_language():
    parts = {name.removesuffix(".yaml").rpartition(".")[::2] for name in CATALOGUES}
    assert parts == {(part, lang) for part, _ in parts for lang in LANGS}


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_file_gives_a_key_twice(name):
    content = files("dashboards").joinpath("catalogue", name).read_text(encoding="utf-8")
    keys = re.findall(r"^([\w.-]+):", content, flags=re.MULTILINE)
    assert keys
    assert sorted(keys) == sorted(set(keys))


def test_a_missing_key_is_refused():
    with pytest.raises(KeyError, match=r"no text 'no\.such' in the zh catalogue"):
        t("no.such", "zh")


def test_a_place_left_empty_is_refused():
    with pytest.raises(KeyError, match="n"):
        t("audit.summary", "en")


def test_places_are_filled_and_found():
    texts = Catalogue("en", {"a": "{n} of {total:,}"})
    assert texts("a", n=3, total=1200) == "3 of 1,200"
    assert texts.places("a") == {"n", "total"}


def test_chinese_is_set_with_chinese_punctuation():
    half_width = re.compile(r"[\u4e00-\u9fff][,;:(!?]")
    assert [key for key, text in catalogue("zh").texts.items() if half_width.search(text)] == []

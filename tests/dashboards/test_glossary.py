from __future__ import annotations

from dashboards.glossary import glossary


def test_no_word_stands_for_two_things():
    for lang in ("zh", "en"):
        words = [term.get(lang) for term in glossary()]
        assert sorted(words) == sorted(set(words))


def test_every_term_says_what_it_means_in_both_languages():
    for term in glossary():
        assert term.say.zh.endswith("。")
        assert term.say.en.endswith(".")

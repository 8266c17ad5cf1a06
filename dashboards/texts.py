"""What people read, by key and language: the catalogues beside this module.

A catalogue is flat YAML, ``key: text``, in ``catalogue/<lang>.yaml`` and, for what one part of the
house says alone, ``catalogue/<part>.<lang>.yaml``. Texts are :meth:`str.format` templates. The
language is an argument of every call, never a state of the process.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, get_args

from scenarios.part import Lang
from scenarios.yamldoc import shipped_yaml

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts of one language.

    Attributes
    ----------
    lang
        The language.
    texts
        Template by dotted key.
    """

    lang: Lang
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its places filled.

        Raises
        ------
        KeyError
            When the catalogue has no such key, or a place of the template is given no value.
        """
        if key not in self.texts:
            msg = f"no text '{key}' in the {self.lang} catalogue"
            raise KeyError(msg)
        return self.texts[key].format(**values)

    def places(self, key: str) -> frozenset[str]:
        """Return the names of the places a text leaves open."""
        return frozenset(
            name for _, name, _, _ in string.Formatter().parse(self.texts[key]) if name is not None
        )


@cache
def catalogue(lang: Lang) -> Catalogue:
    """Return the catalogue of a language.

    Raises
    ------
    ValueError
        When two files of the language hold the same key, or a text is no text.
    """
    texts: dict[str, str] = {}
    folder = files("dashboards").joinpath("catalogue")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name != f"{lang}.yaml" and not file.name.endswith(f".{lang}.yaml"):
            continue
        for key, text in shipped_yaml(file.read_text(encoding="utf-8")).items():
            if not isinstance(key, str) or not isinstance(text, str):
                msg = f"{file.name}: found {key!r}: {text!r}; allowed: a text for a text key"
                raise ValueError(msg)
            if key in texts:
                msg = f"{file.name}: found '{key}' again; allowed: each key once a language"
                raise ValueError(msg)
            texts[key] = text
    return Catalogue(lang, texts)


def t(key: str, lang: Lang, **values: object) -> str:
    """Return a text of the catalogue with its places filled.

    Raises
    ------
    KeyError
        When there is no such key, or a place of the template is given no value.
    """
    return catalogue(lang)(key, **values)

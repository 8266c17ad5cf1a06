"""The typesetter: an extra that may be missing, and the fonts it finds on this machine."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from dashboards.exports.typography import CHAINS, LATIN_CHAIN, OWN, Role
from dashboards.runs import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

FONT_FOLDER: Final = "BUREAU_FONTS"
"""Environment variable: a folder with fonts beside those of the system."""

PIXELS_PER_INCH: Final = 220


@dataclass(frozen=True, slots=True)
class Fonts:
    """What a paper is set in on this machine.

    Attributes
    ----------
    of
        Font of each role.
    latin
        Fonts of Latin letters and figures, the first that is there being taken.
    missing
        Roles that a font of another kind stands in for.
    """

    of: Mapping[Role, str]
    latin: tuple[str, ...]
    missing: tuple[Role, ...]


def fonts() -> Fonts:
    """Return the fonts a paper is set in here.

    Raises
    ------
    RunError
        When the typesetter is missing, or no Chinese font is there.
    """
    there = _families(_font_folder())
    found: dict[Role, str] = {}
    for role, chain in CHAINS.items():
        font = next((name for name in chain if name in there), None)
        if font is None:
            raise RunError("paper.no-font", usage=True, folder=FONT_FOLDER)
        found[role] = font
    missing = tuple(role for role, font in found.items() if font not in CHAINS[role][: OWN[role]])
    return Fonts(found, tuple(name for name in LATIN_CHAIN if name in there), missing)


def ready() -> bool:
    """Whether a paper can be set here: with the typesetter, and a Chinese font."""
    try:
        fonts()
    except RunError:
        return False
    return True


def typeset(
    source: str,
    values: Mapping[str, Any],
    made: Literal["pdf", "png"],
    created: datetime | None = None,
) -> bytes:
    """Set a text.

    Parameters
    ----------
    source
        File name of the template beside this module.
    values
        What it is to hold; plain data.
    made
        File format; of a PNG the first page.
    created
        Time the file bears.

    Raises
    ------
    RunError
        When the typesetter is missing or cannot set it.
    """
    compiler = _typst()
    template = files("dashboards.exports").joinpath(source).read_bytes()
    try:
        content = compiler.compile(
            template,
            format=made,
            ppi=PIXELS_PER_INCH,
            font_paths=_font_folder(),
            sys_inputs={"values": json.dumps(values, ensure_ascii=False, sort_keys=True)},
            timestamp=None if created is None else int(created.timestamp()),
        )
    except compiler.TypstError as error:
        raise RunError("paper.not-set", problem=error) from error
    pages = content if isinstance(content, list) else [content]
    return bytes(pages[0])


def picture(svg: str) -> bytes:
    """Return a drawing as PNG.

    Raises
    ------
    RunError
        When the typesetter is missing.
    """
    return typeset("figure.typ", {"svg": svg}, "png")


def _font_folder() -> list[str]:
    folder = os.environ.get(FONT_FOLDER)
    return [str(Path(folder))] if folder else []


@cache
def _known(folders: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_typst().Fonts(font_paths=list(folders)).families())


def _families(folders: list[str]) -> frozenset[str]:
    return _known(tuple(folders))


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise RunError("paper.no-typesetter", usage=True) from error
    return typst

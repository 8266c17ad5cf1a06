"""Pieces of page that Streamlit has no element for: tables, badges, tiles, as escaped HTML.

A table here is a real table: it wraps, prints, is read aloud cell by cell and speaks the page's
language, none of which a canvas grid does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from dashboards.format import interval, percent
from dashboards.odds import Odds
from dashboards.palette import ACCENT, INK, LINE, MUTED, OUTLOOK, OUTLOOK_SIGN, PAPER, WASH, Outlook
from dashboards.texts import t
from scenarios.part import Lang, Trust


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is already safe; a plain text is escaped wherever it is written."""

    html: str


Cell = str | Markup
Align = Literal["text", "short", "wide", "number"]
NUMBER: Final[Align] = "number"
SHORT: Final[Align] = "short"
WIDE: Final[Align] = "wide"


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    caption: str,
    align: Sequence[Align] = (),
    tall: bool = False,
) -> str:
    """Return a table whose first column names its rows.

    Parameters
    ----------
    head
        Column titles.
    rows
        Cells, as many as there are titles.
    caption
        What the table holds; read aloud, not shown, since a heading stands above it.
    align
        ``number`` for columns set flush right, ``short`` for texts that never wrap, ``wide`` for
        long ones; text where nothing is said.
    tall
        Scroll within a fixed height.
    """
    kinds = [*align, *["text"] * (len(head) - len(align))]
    titles = "".join(
        f'<th scope="col" class="{kind}">{escape(title)}</th>'
        for title, kind in zip(head, kinds, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, kinds)}</tr>" for row in rows)
    return scroller(
        f'<table class="b-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>",
        caption,
        tall=tall,
    )


def scroller(html: str, label: str, *, tall: bool = False) -> str:
    """Wrap what may be wider than the page: it scrolls by itself, and by keyboard."""
    kind = "b-scroll b-tall" if tall else "b-scroll"
    return (
        f'<div class="{kind}" role="region" tabindex="0" aria-label="{escape(label)}">{html}</div>'
    )


def flag(outlook: Outlook, words: str) -> Markup:
    """Return a word on the colour of an outlook, with its sign."""
    sign = OUTLOOK_SIGN[outlook]
    return Markup(
        f'<span class="b-badge b-{outlook}"><span aria-hidden="true">{sign}</span> '
        f"{escape(words)}</span>"
    )


def badge(outlook: Outlook, lang: Lang) -> Markup:
    """Return an outlook as sign and word on its colour."""
    return flag(outlook, t(f"app.outlook.{outlook}", lang))


def counted(value: str, outlook: Outlook, words: str) -> Markup:
    """Return a figure with the flag that judges it."""
    return Markup(f'<span class="b-p">{escape(value)}</span> {flag(outlook, words).html}')


def odds_cell(odds: Odds, lang: Lang, note: str = "", what: str = "") -> Markup:
    """Return a probability with its interval and its word, for a table.

    Parameters
    ----------
    odds, lang
        What is written, in which language.
    note
        A line below.
    what
        What the probability is of, where the table's heads do not say it.
    """
    p = escape(percent(odds.p, odds.low, odds.high, lang))
    span = escape(interval(odds.p, odds.low, odds.high, lang))
    below = f'<br><span class="b-span">{escape(note)}</span>' if note else ""
    of = f"{escape(what)} " if what else ""
    return Markup(
        f'{of}<span class="b-p">{p}</span> <span class="b-span">{span}</span> '
        f"{badge(odds.outlook, lang).html}{below}"
    )


def trust(grade: Trust, lang: Lang) -> Markup:
    """Return the trust grade of a source; an estimate of our own stands out."""
    kind = "b-risk" if grade in ("D", "E") else "b-plain"
    return Markup(f'<span class="b-badge {kind}">{escape(t(f"trust.{grade}", lang))}</span>')


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: what it is, its value, what it is measured against, and its word."""

    label: str
    value: str
    outlook: Outlook
    word: str
    lines: tuple[str, ...]


def tiles(entries: Iterable[Tile]) -> str:
    """Return tiles that flow into as many columns as there is room for."""
    cells = "".join(
        f'<div class="b-tile b-edge-{tile.outlook}" role="listitem">'
        f'<div class="b-label">{escape(tile.label)}</div>'
        f'<div class="b-value">{escape(tile.value)}</div>{flag(tile.outlook, tile.word).html}'
        + "".join(f'<div class="b-line">{escape(line)}</div>' for line in tile.lines)
        + "</div>"
        for tile in entries
    )
    return f'<div class="b-tiles" role="list">{cells}</div>'


def named(name: str, note: str) -> Markup:
    """Return a row's name with a note below."""
    return Markup(f'{escape(name)}<br><span class="b-span b-wrap">{escape(note)}</span>')


def listing(title: str, lines: Iterable[str]) -> str:
    """Return a short list under a title."""
    return f'<h3 class="b-sub">{escape(title)}</h3>{bullets(lines)}'


def bullets(lines: Iterable[str]) -> str:
    """Return a short list."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="b-list">{items}</ul>'


def section(title: str, note: str) -> str:
    """Return a section's heading, and under it what its figures mean."""
    return f'<h2 class="b-title">{escape(title)}</h2>{paragraph(note)}'


def paragraph(words: str, kind: Literal["lead", "note"] = "note") -> str:
    """Return a paragraph: the page's one sentence, or a note under a figure."""
    return f'<p class="b-{kind}">{escape(words)}</p>'


def notice(words: str, kind: Literal["info", "alert"] = "info") -> str:
    """Return what must be read before the figures."""
    sign = "ⓘ" if kind == "info" else "▲"
    return (
        f'<div class="b-notice b-{kind}" role="note">'
        f'<span aria-hidden="true">{sign}</span> {escape(words)}</div>'
    )


def command(words: str) -> str:
    """Return a command to be typed."""
    return f'<pre class="b-command">{escape(words)}</pre>'


def _cells(row: Sequence[Cell], kinds: Sequence[str]) -> str:
    first, *others = row
    cells = "".join(
        f'<td class="{kind}">{_html(cell)}</td>'
        for cell, kind in zip(others, kinds[1:], strict=True)
    )
    return f'<th scope="row" class="{kinds[0]}">{_html(first)}</th>{cells}'


def _html(cell: Cell) -> str:
    return cell.html if isinstance(cell, Markup) else escape(cell)


_OUTLOOKS = "".join(
    f".b-badge.b-{key}{{background:{tone.fill};color:{tone.ink}}}"
    f".b-edge-{key}{{border-top-color:{tone.ink}}}"
    for key, tone in OUTLOOK.items()
)

STYLE: Final = f"""<style>
[data-testid="stElementToolbar"]{{display:none}}
.b-scroll{{overflow-x:auto;max-width:100%}}
.b-tall{{max-height:26rem;overflow-y:auto}}
.b-scroll:focus-visible{{outline:2px solid {ACCENT};outline-offset:2px}}
.b-table{{border-collapse:collapse;width:100%;font-size:.93rem;line-height:1.45;color:{INK}}}
.b-table caption{{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
.b-table th,.b-table td{{padding:.45rem .7rem;border-bottom:1px solid {LINE};
  text-align:left;vertical-align:top;font-weight:400}}
.b-table thead th{{background:{WASH};color:{MUTED};font-weight:600;white-space:nowrap;
  position:sticky;top:0}}
.b-table tbody th{{font-weight:600}}
.b-table .number{{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}}
.b-table .short{{white-space:nowrap}}
.b-table .wide{{min-width:19rem}}
.b-table .text{{min-width:8.5rem}}
.b-title{{font-size:1.2rem;font-weight:600;line-height:1.4;margin:1.1rem 0 .15rem;padding:0;
  letter-spacing:0}}
.b-sub{{font-size:1rem;font-weight:600;margin:.2rem 0 .1rem;padding:0}}
.b-list{{margin:0 0 .7rem;padding-left:1.15rem;line-height:1.6;font-size:.95rem}}
.b-span.b-wrap{{white-space:normal;font-weight:400}}
.b-badge{{display:inline-block;padding:.05rem .5rem;border-radius:4px;font-size:.82rem;
  line-height:1.5;white-space:nowrap}}
.b-badge.b-plain{{background:{WASH};color:{INK}}}
.b-p{{font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}}
.b-span{{color:{MUTED};font-size:.85rem;font-variant-numeric:tabular-nums;white-space:nowrap}}
.b-tiles{{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:.75rem}}
.b-tile{{border:1px solid {LINE};border-top:3px solid;border-radius:6px;padding:.7rem .85rem .8rem;
  background:{PAPER}}}
{_OUTLOOKS}
.b-label{{color:{MUTED};font-size:.88rem;line-height:1.4;min-height:2.8em}}
.b-value{{font-size:1.75rem;font-weight:600;line-height:1.3;margin:.1rem 0 .25rem;
  font-variant-numeric:tabular-nums}}
.b-line{{color:{MUTED};font-size:.85rem;line-height:1.45;margin-top:.25rem}}
.b-lead{{font-size:1.12rem;line-height:1.65;margin:0 0 .35rem;max-width:62rem}}
.b-note{{color:{MUTED};font-size:.88rem;line-height:1.5;margin:0 0 .3rem;max-width:70rem}}
.b-notice{{padding:.45rem .8rem;border-left:3px solid {ACCENT};background:{WASH};color:{INK};
  font-size:.9rem;line-height:1.5;margin-bottom:.4rem}}
.b-alert{{border-left-color:{OUTLOOK["risk"].ink};background:{OUTLOOK["risk"].fill};
  color:{OUTLOOK["risk"].ink}}}
.b-command{{display:inline-block;background:{WASH};border:1px solid {LINE};border-radius:6px;
  padding:.5rem .9rem;font-size:1rem;margin:.2rem 0 .6rem;white-space:pre-wrap;
  overflow-wrap:anywhere}}
.b-footer{{border-top:1px solid {LINE};margin-top:1.2rem;padding-top:.7rem;color:{MUTED};
  font-size:.82rem;line-height:1.6;overflow-wrap:anywhere}}
</style>"""
"""The style of these pieces; written once a page.

The toolbar that hovers over a chart speaks English only, and the table beside the chart says more.
"""

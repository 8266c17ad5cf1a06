"""A paper on the terminal: the same words in the same order, tables drawn with lines."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

from dashboards.exports.paper import Figure, Heading, PageBreak, Paper, Paragraph, Table


def show(paper: Paper, console: Console) -> None:
    """Print a paper."""
    for line in (*paper.title, paper.subtitle):
        console.print(Text(line, style="bold", justify="center"))
    for block in paper.blocks:
        match block:
            case Heading():
                console.print()
                console.print(Text(block.text, style="bold"))
            case Paragraph():
                console.print(Text(block.text, style="dim" if block.kind == "note" else ""))
            case Table():
                console.print(_drawn(block))
            case Figure():
                console.print(Text(block.alt))
            case PageBreak():
                console.print()


def _drawn(table: Table) -> Drawn:
    drawn = Drawn(
        box=box.SQUARE,
        show_header=bool(table.head),
        show_lines=True,
        expand=True,
        title=table.caption or None,
    )
    for i, (share, align) in enumerate(zip(table.shares, table.align, strict=True)):
        words = table.head[i] if table.head else ""
        drawn.add_column(Text(words), ratio=share, justify=align, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(cell.text, style="bold" if cell.bold else "") for cell in row))
    return drawn

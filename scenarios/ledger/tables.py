"""The tables of a ledger and their columns, as data (``tables.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from scenarios.part import Text
from scenarios.yamldoc import shipped_yaml

Kind = Literal[
    "person",
    "bureau",
    "leader",
    "chain",
    "lead",
    "date",
    "yuan",
    "points",
    "share",
    "word",
    "text",
]

ENTRY: Final = "entry"
RECORDED: Final = "recorded"
CORRECTS: Final = "corrects"
VOID: Final = "void"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Data):
    """A column of a table.

    Attributes
    ----------
    name, title
        Its head in files, and what people call it.
    kind
        What its cells hold.
    words
        The words that a cell of kind ``word`` may hold, and what people call them.
    optional
        Whether a cell may be empty.
    past
        Whether a day in it must not lie after the day of record.
    """

    name: str
    kind: Kind
    title: Text
    words: Mapping[str, Text] = {}
    optional: bool = False
    past: bool = False


class Table(_Data):
    """A table of a ledger.

    Attributes
    ----------
    name, title
        Its file name without ending, and what people call it.
    columns
        Its own columns, after those every table has.
    once
        Columns that tell rows apart.
    happened
        The column with the day it happened; None where a row may speak of days to come.
    """

    name: str
    title: Text
    columns: tuple[Column, ...]
    once: tuple[str, ...]
    happened: str | None = None

    def column(self, name: str) -> Column:
        """Return a column by its head.

        Raises
        ------
        KeyError
            When the table has none.
        """
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Heads of all columns, in the order of a file."""
        return (ENTRY, RECORDED, CORRECTS, VOID, *(column.name for column in self.columns))


HEAD: Final = (
    Column(name=ENTRY, kind="text", title=Text(zh="条目号", en="entry")),
    Column(name=RECORDED, kind="date", title=Text(zh="登记日", en="recorded on")),
    Column(name=CORRECTS, kind="text", title=Text(zh="更正条目", en="corrects"), optional=True),
    Column(
        name=VOID,
        kind="word",
        words={"yes": Text(zh="是", en="yes"), "no": Text(zh="否", en="no")},
        title=Text(zh="作废", en="taken back"),
        optional=True,
    ),
)
"""The columns that every table has first."""


def _read() -> dict[str, Table]:
    text = files("scenarios.ledger").joinpath("tables.yaml").read_text(encoding="utf-8")
    found = TypeAdapter(tuple[Table, ...]).validate_python(shipped_yaml(text))
    return {table.name: table for table in found}


TABLES: Final = _read()
"""Every table by name, in the order in which people read them."""

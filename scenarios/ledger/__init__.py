"""What really happened in the year: tables that are only ever added to, read as of any day."""

from scenarios.ledger.appending import append
from scenarios.ledger.forms import convert, is_ledger
from scenarios.ledger.ledger import Ledger
from scenarios.ledger.reading import read_ledger
from scenarios.ledger.remarks import Remark
from scenarios.ledger.tables import TABLES, Column, Table

__all__ = [
    "TABLES",
    "Column",
    "Ledger",
    "Remark",
    "Table",
    "append",
    "convert",
    "is_ledger",
    "read_ledger",
]

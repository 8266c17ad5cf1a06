from __future__ import annotations

from datetime import date

import pytest

from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import append
from scenarios.load import load_scenario

TODAY = date(2024, 9, 30)


@pytest.fixture(scope="module")
def minimal():
    return load_scenario("minimal")


@pytest.fixture
def book(tmp_path, minimal):
    """Write rows to a ledger and read it; entry and day of record are filled in."""
    bureau = minimal.organisation.bureaus[0]
    blank = {
        "person": bureau.persons[0].id,
        "bureau": bureau.id,
        "chain": minimal.organisation.chains[0].id,
        "date": "2024-07-08",
        "recorded": "2024-07-08",
        "company": "Acme",
        "source": "call",
        "status": "post",
        "mode": "group",
        "kind": "contract",
        "amount_yuan": "1000",
        "event_level": "none",
        "head": "travel",
        "reason": "other",
    }

    class Book:
        folder = tmp_path / "ledger"
        n = 0

        def add(self, name, **cells):
            table = TABLES[name]
            Book.n += 1
            row = {"entry": f"{name}-{Book.n}"} | {
                key: value for key, value in blank.items() if key in table.names
            }
            if name == "presence":
                row["recorded"] = "2024-07-10"
            row |= {key: str(value) for key, value in cells.items()}
            append(self.folder, table, [row])
            return row["entry"]

        def read(self, today=TODAY):
            return read_ledger(self.folder, minimal, today=today)

    return Book()

"""Bad input: faults with file and row, the good rows read, never another exception."""

from __future__ import annotations

import random

import pytest

from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import file_of
from tests.scenarios.ledger.conftest import TODAY


@pytest.fixture
def calls(tmp_path, minimal):
    """Read a table of calls with one good row and whatever bytes follow it."""
    table = TABLES["calls"]
    person = minimal.organisation.bureaus[0].persons[0].id
    head = (",".join(table.names) + "\n").encode()
    order = {"entry": "call-1", "recorded": "2024-07-08", "person": person, "date": "2024-07-08"}
    good = (",".join((order | {"company": "Acme"}).get(n, "") for n in table.names) + "\n").encode()

    def read(content):
        file_of(tmp_path, table).write_bytes(content)
        return read_ledger(tmp_path, minimal, today=TODAY)

    return head, good, read


@pytest.mark.parametrize(
    "bad",
    [
        b"x" * 200_000 + b"\n",
        b"a,\x00,b\n",
        b'"' + b"y" * 200_000 + b'",b\n',
        b"a,b\n",
        b"w" * 200_000 + b"," * 20 + b"\n",
    ],
)
def test_a_bad_line_is_told_and_the_good_row_read(calls, bad):
    head, good, read = calls
    ledger = read(head + good + bad)
    assert list(ledger.tables["calls"]["entry"]) == ["call-1"]
    assert ledger.faults


@pytest.mark.parametrize("head", [b"z" * 200_000 + b"\n", b"PK\x03\x04\x00\x00\n", b"\x00\n"])
def test_a_file_that_is_no_table_is_told(calls, head):
    assert calls[2](head).faults


@pytest.mark.parametrize("name", sorted(TABLES))
def test_an_empty_file_is_told_by_its_columns(tmp_path, minimal, name):
    file_of(tmp_path, TABLES[name]).write_bytes(b"")
    assert read_ledger(tmp_path, minimal, today=TODAY).faults


@pytest.mark.parametrize("amount", ["１２", "٣", "-1", "1e3", "9" * 14])
def test_only_plain_digits_are_money(book, amount):
    book.add("expenses", amount_yuan=amount)
    book.add("expenses", amount_yuan="5")
    ledger = book.read()
    assert list(ledger.tables["expenses"]["amount_fen"]) == [500]
    assert len(ledger.faults) == 1


@pytest.mark.parametrize("seed", range(300))
def test_any_change_of_bytes_is_read_without_another_exception(calls, seed):
    head, good, read = calls
    rng = random.Random(seed)
    content = bytearray(head + good * 3)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(content))
        content[at : at + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
    ledger = read(bytes(content))
    assert ledger.n_rows + len(ledger.faults) > 0

"""The benchmark of people at once: bounded, on the loopback, and failing where a bar is missed."""

from __future__ import annotations

import pytest

from benchmarks import people
from benchmarks.served import Session, complaints, said, serving
from dashboards.app import PAGES
from dashboards.service import Service
from dashboards.texts import t
from tests.dashboards.conftest import minimal, minimal_forecast, run_store

__all__ = ["minimal", "minimal_forecast", "run_store"]


@pytest.fixture(scope="module")
def server(run_store, tmp_path_factory):
    with serving(Service(), run_store, tmp_path_factory.mktemp("server")) as found:
        yield found


def test_everybody_walks_through_every_page_so_many_times(server):
    record = people.crowd(server.port, people=3, rounds=2, think_s=0.0, limit_s=120.0)
    assert record.errors == []
    assert {page: len(times) for page, times in record.seconds.items()} == dict.fromkeys(PAGES, 6)
    assert server.cpu_s() is None or server.cpu_s() > 0


def test_it_stops_by_itself_when_the_time_is_up(server):
    record = people.crowd(server.port, people=2, rounds=10_000, think_s=0.01, limit_s=2.0)
    assert len(record.all) < 10_000


def test_a_session_is_shown_the_page_it_asks_for_first_and_later(server):
    with Session(server.port) as session:
        for page in (*PAGES, *reversed(PAGES)):
            messages = session.show(page, lang="en")
            assert complaints(messages) == []
            assert t(f"app.{page}.title", "en") in said(messages)


def test_a_server_that_is_gone_is_an_error_and_no_time(server):
    record = people.crowd(1, people=2, rounds=1, think_s=0.0, limit_s=10.0)
    assert len(record.errors) == 2
    assert record.all == []


def timed(seconds, errors=()):
    record = people.Record()
    for page, times in seconds.items():
        for second in times:
            record.add(page, second)
    record.errors += errors
    return record


def test_bars_are_missed_by_errors_by_the_slow_twentieth_and_by_a_slow_page():
    quick = timed({"cockpit": [0.1] * 100})
    assert people.missed(quick, quick) == []
    assert people.missed(quick, None) == []
    assert len(people.missed(timed({"cockpit": [0.1]}, ["broken"]), None)) == 1
    assert people.missed(timed({"cockpit": [0.1] * 96 + [9.0] * 4}), None) == []
    (slow,) = people.missed(timed({"cockpit": [0.1] * 94 + [9.0] * 6}), None)
    assert "p95" in slow
    detail = next(page for page in PAGES if page not in people.SECTIONS["leaders"])
    assert people.missed(quick, timed({detail: [4.0], "cockpit": [1.9]})) == []
    assert len(people.missed(quick, timed({detail: [5.1], "cockpit": [2.1]}))) == 2
    assert people.missed(timed({}), None) != []
